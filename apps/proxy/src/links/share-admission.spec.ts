import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Forwarding } from '@obb/core/origin'
import { Rig } from '../testing/rig.js'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start({}, { forwarding: new Forwarding(['127.0.0.1']) })
})
afterEach(() => rig.stop())

const shared = async () => rig.put(Buffer.from('the whole file'), { isShared: true })
const get = (client: string, headers: Record<string, string> = {}, method = 'GET') =>
  rig.get({ ...headers, 'x-forwarded-for': client }, method)

describe('a share', () => {
  it('is served to who is admitted, by the network a trusted proxy tells, in ranges too', async () => {
    await shared()
    rig.downloads.admitted.add('198.51.100.7')
    expect(await get('198.51.100.7')).toMatchObject({ status: 200, body: Buffer.from('the whole file') })
    expect(await get('198.51.100.7', { range: 'bytes=4-8' })).toMatchObject({
      status: 206,
      body: Buffer.from('whole'),
    })
  })

  it('is over for everybody else, before a byte, in small ranges too; what has no bytes is told', async () => {
    await shared()
    for (const headers of [{}, { range: 'bytes=0-3' }]) {
      const { status, body } = await get('198.51.100.8', headers)
      expect([status, JSON.parse(body.toString()).msg]).toEqual([410, 'This shared link is over.'])
    }
    expect((await get('198.51.100.8', {}, 'HEAD')).status).toBe(200)
  })
})
