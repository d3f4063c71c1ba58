import { queriesOf } from '@obb/core/testing'

/** Not a request's: whether there is a maintenance, settings of platforms, read once a second, and the last use of keys, written beside requests. */
const BESIDE = ['host_setting', 'last_used_at', 'SELECT maintenance_since']

/** What requests ask the database for, without what the gateway does beside them. */
export async function requestQueries(requests: () => Promise<unknown>) {
  return (await queriesOf(requests)).filter(({ text }) => !BESIDE.some((each) => text.includes(each)))
}
