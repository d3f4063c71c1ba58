import { describe, it } from '@jest/globals'
import { redisAvailable } from '@obb/testing/redis'
import { describeJourney } from './journey.js'

if (redisAvailable()) describeJourney('production')
else describe.skip('the production stores (redis-server is not installed)', () => it('runs', () => undefined))
