import { Refusal } from '@obb/contracts'
import type { EntityManager } from 'typeorm'
import { type Clock, dateOf } from '../clock/index.js'
import { lockOperators } from '../locks/index.js'
import { mayActSql } from './standing.js'

/** Before this account is an operator no more, or may not act. Raises `last_operator` if it is the only one who may. */
export async function keepAnOperator(tx: EntityManager, clock: Clock, email: string): Promise<void> {
  await lockOperators(tx)
  const operators = await tx.query<{ email: string }[]>(
    `SELECT a.email FROM account a WHERE a.role = 'operator' AND ${mayActSql('a', '$1')} LIMIT 2`,
    [dateOf(clock)],
  )
  if (operators.length === 1 && operators[0]?.email === email) throw new Refusal('last_operator')
}
