import { describe, it } from '@jest/globals'
import { redisAvailable } from '@obb/testing/redis'
import { describeDatabaseOutage } from './outage-database.js'

if (redisAvailable()) describeDatabaseOutage('production', ['cut'])
else describe.skip('the production stores (redis-server is not installed)', () => it('runs', () => undefined))
