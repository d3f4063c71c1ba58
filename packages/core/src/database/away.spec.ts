import { describe, expect, it } from '@jest/globals'
import {
  ConnectionIsNotSetError,
  QueryFailedError,
  QueryRunnerProviderAlreadyReleasedError,
  TransactionNotStartedError,
} from 'typeorm'
import { isDatabaseAway } from './index.js'

const coded = (code: string, message = 'x') => Object.assign(new Error(message), { code })
const failed = (error: Error) => new QueryFailedError('SELECT 1', [], error)

describe('the database is away', () => {
  it.each<[string, unknown]>([
    ['a refused connection', coded('ECONNREFUSED')],
    ['all addresses refused', new AggregateError([coded('ECONNREFUSED'), coded('EHOSTUNREACH')])],
    ['a reset within a query', failed(coded('ECONNRESET'))],
    ['a terminated backend', failed(coded('57P01', 'terminating connection due to administrator command'))],
    ['a starting server', coded('57P03')],
    ['too many connections', failed(coded('53300'))],
    ['a standby', failed(coded('25006'))],
    ['another password', coded('28P01')],
    ['a disk that is full', failed(coded('53100'))],
    ['a broken wire', failed(coded('08006'))],
    ['pg, whose connection ended', new Error('Connection terminated unexpectedly')],
    ['pg, whose client is over', new Error('Client has encountered a connection error and is not queryable')],
    ['something that answers nothing', new Error('timeout expired')],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
    ['a pool that was closed', new Error('Cannot use a pool after calling end on the pool')],
    ['TypeORM, whose runner went with its connection', new QueryRunnerProviderAlreadyReleasedError()],
    [
      'TypeORM in a query of such a runner',
      new Error('Query runner already released. Cannot run queries anymore.'),
    ],
    ['TypeORM at the end of such a transaction', new TransactionNotStartedError()],
    ['TypeORM without a connection', new ConnectionIsNotSetError('postgres')],
  ])('says %s', (_what, error) => {
    expect(isDatabaseAway(error)).toBe(true)
  })

  it.each<[string, unknown]>([
    ['a duplicate key', failed(coded('23505'))],
    ['a syntax error', failed(coded('42601'))],
    ['a deadlock', failed(coded('40P01'))],
    ['a mistake of ours', new TypeError('x is undefined')],
    ['nothing', undefined],
    ['a string', 'ECONNREFUSED'],
  ])('does not say %s', (_what, error) => {
    expect(isDatabaseAway(error)).toBe(false)
  })
})
