import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { Accounts } from '@obb/core/accounts'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal } from '../testing/strict.js'

describe("the gateway's own limits", () => {
  let gateway: Gateway
  let n = 0

  beforeAll(async () => {
    gateway = await Gateway.start({ RATE_LIMIT: '30' })
    await gateway.poolAccount()
  })
  afterEach(() => gateway.clock.advance(60_000))
  afterAll(() => gateway.close())

  async function times(count: number, call: () => ReturnType<Gateway['call']>) {
    const answers = []
    for (let time = 0; time < count; time++) answers.push(await call())
    return answers
  }

  it('429 with 900 beyond them, saying how many are left and when there are more', async () => {
    const { apiKey } = await gateway.user()
    const answers = await times(31, () => gateway.call(apiKey, 'GET', '/hosts'))
    expect(answers.slice(0, 30).map(({ code }) => code)).toEqual(Array(30).fill(200))
    const [first] = answers
    expect(first?.headers.get('ratelimit-limit')).toBe('30')
    expect(first?.headers.get('ratelimit-remaining')).toBe('29')
    expect(first?.headers.get('ratelimit-reset')).toBe('2')
    const last = answers[30]
    if (!last) throw new Error('no answer')
    expect(expectRefusal(last, 'rate_limited').retry_in_seconds).toBe(2)
    expect(last.headers.get('ratelimit-remaining')).toBe('0')
    expect(last.headers.get('ratelimit-reset')).toBe('60')
    gateway.clock.advance(2_000)
    expect((await gateway.call(apiKey, 'GET', '/hosts')).code).toBe(200)
  })

  it('are per key: another one is not slowed down', async () => {
    const [one, two] = [await gateway.user(), await gateway.user()]
    await times(31, () => gateway.call(one.apiKey, 'GET', '/account'))
    expectRefusal(await gateway.call(one.apiKey, 'GET', '/account'), 'rate_limited')
    expect((await gateway.call(two.apiKey, 'GET', '/account')).code).toBe(200)
  })

  it('are HTTP 200 with the same envelope for a key that wants that', async () => {
    const { apiKey, email } = await gateway.user()
    await gateway.app.get(Accounts).setErrorsAs200(email, true)
    const answers = await times(31, () => gateway.call(apiKey, 'GET', '/account'))
    const last = answers[30]
    if (!last) throw new Error('no answer')
    expectRefusal(last, 'rate_limited', 200)
  })

  it('are tighter for what may ask a host, and the two kinds do not use each other up', async () => {
    const { apiKey } = await gateway.user()
    const body = { urls: ['https://nobody.example/1'] }
    const answers = await times(13, () => gateway.call(apiKey, 'POST', '/check', body))
    expect(answers.map(({ code }) => code)).toEqual([...Array<number>(12).fill(200), 429])
    expectRefusal(await gateway.call(apiKey, 'POST', '/unrestrict', { url: 'x' }), 'rate_limited')
    expect((await gateway.call(apiKey, 'GET', '/account')).code).toBe(200)
  })

  it('are one token for each URL of a check; one for more than there can be is owed', async () => {
    const { apiKey } = await gateway.user()
    const urls = (count: number) =>
      Array.from({ length: count }, (_, each) => `https://nobody.example/${each}`)
    const check = (count: number) => gateway.call(apiKey, 'POST', '/check', { urls: urls(count) })
    const ten = await check(10)
    expect([ten.code, ten.headers.get('ratelimit-remaining')]).toEqual([200, '2'])
    expect(expectRefusal(await check(4), 'rate_limited').retry_in_seconds).toBe(10)
    gateway.clock.advance(60_000)
    const many = await check(22)
    expect([many.code, many.headers.get('ratelimit-remaining')]).toEqual([200, '0'])
    gateway.clock.advance(50_000)
    expectRefusal(await check(1), 'rate_limited')
    gateway.clock.advance(10_000)
    expect((await check(1)).code).toBe(200)
  })

  it('let a check of a hundred be done after any other, in whatever way a key uses its tokens', async () => {
    const [flooding, quiet] = [await gateway.user(), await gateway.user()]
    const urls = Array.from({ length: 100 }, (_, each) => `https://nobody.example/${each}`)
    await times(40, () => gateway.call(flooding.apiKey, 'POST', '/check', { urls }))
    expect((await gateway.call(quiet.apiKey, 'POST', '/check', { urls })).code).toBe(200)
    expect((await gateway.call(flooding.apiKey, 'GET', '/account')).code).toBe(200)
  })

  it('are five for an explanation, and more for a long body', async () => {
    const { apiKey } = await gateway.user()
    const left = async (method: string, path: string, body?: unknown) =>
      Number((await gateway.call(apiKey, method, path, body)).headers.get('ratelimit-remaining'))
    expect(await left('GET', '/explain?url=x')).toBe(25)
    expect(await left('POST', '/check', { urls: ['x'] })).toBe(11)
    expect(await left('POST', '/check', { urls: ['x'], padding: ' '.repeat(130 * 1024) })).toBe(8)
  })

  it('never hold up polling twice as fast as advised, though all other requests are used up', async () => {
    const { apiKey } = await gateway.user()
    await gateway.fetcherAlive()
    const { url } = await gateway.knownFile(++n)
    const { linkId } = (await gateway.call(apiKey, 'POST', '/unrestrict', { url })).body.data
    await times(31, () => gateway.call(apiKey, 'GET', '/account'))
    for (let poll = 0; poll < 100; poll++) {
      const answer = await gateway.call(apiKey, 'GET', `/link/${linkId}`)
      expect(answer.code).toBe(200)
      gateway.clock.advance((answer.body.data.poll_after_seconds * 1000) / 2)
    }
  })

  it('hold up polling that is much too fast, of this link only', async () => {
    const { apiKey } = await gateway.user()
    await gateway.fetcherAlive()
    const links: string[] = []
    for (let i = 0; i < 2; i++) {
      const { url } = await gateway.knownFile(++n)
      links.push((await gateway.call(apiKey, 'POST', '/unrestrict', { url })).body.data.linkId)
    }
    const answers = await times(1_201, () => gateway.call(apiKey, 'GET', `/link/${links[0]}`))
    const last = answers[1_200]
    if (!last) throw new Error('no answer')
    expectRefusal(last, 'rate_limited')
    expect((await gateway.call(apiKey, 'GET', `/link/${links[1]}`)).code).toBe(200)
  })

  it('hold up polls of all links together', async () => {
    const { apiKey } = await gateway.user()
    await gateway.fetcherAlive()
    const codes: number[] = []
    for (let link = 0; link < 2; link++) {
      const { url } = await gateway.knownFile(++n)
      const { linkId } = (await gateway.call(apiKey, 'POST', '/unrestrict', { url })).body.data
      const answers = await times(800, () => gateway.call(apiKey, 'GET', `/link/${linkId}`))
      codes.push(...answers.map(({ code }) => code))
    }
    expect(codes.slice(0, 1_500)).toEqual(Array(1_500).fill(200))
    expect(codes.slice(1_500)).toEqual(Array(100).fill(429))
  })

  it('count links that do not exist, so that no id can be guessed at will', async () => {
    const { apiKey } = await gateway.user()
    const answers = []
    for (let i = 0; i < 31; i++) answers.push(await gateway.call(apiKey, 'GET', `/link/guess${i}`))
    expect(answers.map(({ code }) => code)).toEqual([...Array<number>(30).fill(404), 429])
  })

  it('count wrong keys by address, and a valid key from there is served all the same', async () => {
    const answers = await times(7, () => gateway.call(`obb_${'x'.repeat(32)}`, 'GET', '/account'))
    expect(answers.map(({ code }) => code)).toEqual([...Array<number>(6).fill(401), 429])
    const { apiKey } = await gateway.user()
    expect((await gateway.call(apiKey, 'GET', '/account')).code).toBe(200)
  })
})

describe("the gateway's own limits as they are set by default", () => {
  let gateway: Gateway

  beforeAll(async () => {
    gateway = await Gateway.start()
  })
  afterAll(() => gateway.close())

  it('let bursts of 20 account checks a minute through, for as long as one likes', async () => {
    const { apiKey } = await gateway.user()
    for (let minute = 0; minute < 40; minute++) {
      const burst = Array.from({ length: 20 }, () => gateway.call(apiKey, 'GET', '/account'))
      expect((await Promise.all(burst)).filter(({ code }) => code !== 200)).toEqual([])
      gateway.clock.advance(60_000)
    }
  })

  it('are 3000 requests a minute', async () => {
    const { apiKey } = await gateway.user()
    const { headers } = await gateway.call(apiKey, 'GET', '/account')
    expect(headers.get('ratelimit-limit')).toBe('3000')
  })
})
