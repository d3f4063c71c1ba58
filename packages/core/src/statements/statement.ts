import { createHash } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { poolOf } from './pool.js'

/**
 * A statement of a hot path: parsed and planned once per connection instead of with every call, and without a query
 * runner in between. It is a transaction of its own. TypeORM knows no prepared statements, hence the pool.
 */
export class Statement<Row> {
  /** PostgreSQL keeps 63 bytes of a name. */
  private readonly name: string

  constructor(private readonly text: string) {
    this.name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  }

  async run(database: DataSource, values: unknown[]): Promise<Row[]> {
    const { rows } = await poolOf(database).query({ name: this.name, text: this.text, values })
    return rows as Row[]
  }
}

/**
 * The parameters of a statement, arrays of these element types in their order, as rows. A sub-select hides their
 * values from the planner: knowing how many there are it takes the plan of this one call for better than the
 * general one, and plans with every call, which costs more than to execute.
 */
export function rowsOf(...types: readonly string[]): string {
  return `unnest(${types.map((type, at) => `(SELECT $${at + 1}::${type}[])`).join(', ')})`
}
