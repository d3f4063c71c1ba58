import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  ADMIN_API,
  type ExplainAnswer,
  EXTERNAL_API,
  PORTAL_API,
  REFUSALS,
  type RefusalCause,
  refusalTexts,
} from '@obb/contracts'
import { Fetches } from '@obb/core/fetches'
import { ADMIN_TOKEN, type Answer, Gateway } from '../testing/gateway.js'
import { expectRefusal } from '../testing/strict.js'

const HAN = /\p{Script=Han}/u

/** Every text of ours in an answer. */
function textsIn(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return name === 'msg' || name === 'action' ? [value] : []
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, field]) => textsIn(field, Array.isArray(value) ? name : key))
}

describe('the language of answers', () => {
  let gateway: Gateway
  let user: { id: string; apiKey: string }
  let n = 0
  beforeAll(async () => {
    gateway = await Gateway.start()
    await gateway.fetcherAlive()
    await gateway.poolAccount()
    user = await gateway.user()
  })
  afterAll(() => gateway.close())

  const asked = (language: string | undefined, method: string, path: string, body?: unknown, port?: number) =>
    gateway.send(method, path, language === undefined ? {} : { 'accept-language': language }, body, port)
  const ask = (language: string, method: string, path: string, body?: unknown): Promise<Answer> => {
    const headers = { authorization: `Bearer ${user.apiKey}`, 'accept-language': language }
    return gateway.send(method, EXTERNAL_API + path, headers, body)
  }
  const expectIn = (language: 'en' | 'zh-TW', answer: Answer, cause: RefusalCause) => {
    const { msg, action } = refusalTexts(cause, language)
    expect(answer.body).toMatchObject({ status: REFUSALS[cause].status, msg, action })
    expect(answer.headers.get('content-language')).toBe(language)
    expect(answer.headers.get('vary')).toBe('Accept-Language')
  }

  it('is Chinese in failures of all three interfaces where it is asked for', async () => {
    const zh = 'zh-TW,zh;q=0.9,en;q=0.8'
    expectIn('zh-TW', await asked(zh, 'GET', `${EXTERNAL_API}/account`), 'key_invalid')
    expectIn('zh-TW', await asked(zh, 'GET', `${PORTAL_API}/account`), 'signed_out')
    expectIn('zh-TW', await asked(zh, 'GET', '/nowhere'), 'route_unknown')
    const admin = { authorization: `Bearer ${ADMIN_TOKEN}`, 'accept-language': zh }
    const unknown = await gateway.send(
      ...(['PATCH', `${ADMIN_API}/users`, admin, { email: 'no@x.test' }, gateway.adminPort] as const),
    )
    expectIn('zh-TW', unknown, 'resource_unknown')
  })

  it.each([undefined, 'en-US,en;q=0.9', 'de,fr;q=0.5', 'en,zh-TW;q=0.9'])(
    'is English for %s, as ever',
    async (language) => {
      const answer = await asked(language, 'GET', `${EXTERNAL_API}/account`)
      expectRefusal(answer, 'key_invalid')
      expectIn('en', answer, 'key_invalid')
    },
  )

  it('is that of the client in every text of a success, too', async () => {
    const { url, file } = await gateway.knownFile(++n)
    const explained = await ask('zh-TW', 'GET', `/explain?url=${encodeURIComponent(url)}`)
    const gates = (explained.body.data as ExplainAnswer).gates.map(({ msg }) => msg)
    expect(gates.filter((msg) => !HAN.test(msg))).toEqual([])
    expect(explained.headers.get('content-language')).toBe('zh-TW')
    expect(explained.headers.get('vary')).toBe('Accept-Language')

    const nowhere = 'https://nowhere.test/f'
    const checked = await ask('zh-TW', 'POST', '/check', { urls: [nowhere] })
    expect(checked.body.data.results[0].msg).toBe(refusalTexts('url_unsupported', 'zh-TW').msg)
    const batch = await ask('zh-TW', 'POST', '/unrestrict/batch', { urls: [nowhere, url] })
    expect(textsIn(batch.body)).toEqual([
      refusalTexts('url_unsupported', 'zh-TW').msg,
      refusalTexts('url_unsupported', 'zh-TW').action,
    ])
    const { linkId } = batch.body.data.results[1].data as { linkId: string }
    const fetches = new Fetches(gateway.database, gateway.clock)
    const claim = await fetches.claim({ fileId: file.id, generation: file.generation }, 'w', 60_000)
    const of = { fileId: file.id, claim: claim!.claim, worker: 'w' }
    await fetches.fail(of, { cause: 'file_gone', until: gateway.clock.now() + 600_000 })
    const zh = await ask('zh-TW', 'GET', `/link/${linkId}`)
    const en = await ask('en', 'GET', `/link/${linkId}`)
    expect(zh.body.data.error).toMatchObject(pick('file_gone', 'zh-TW'))
    expect(en.body.data.error).toMatchObject(pick('file_gone', 'en'))
    expect({ ...zh.body.data, error: null }).toEqual({ ...en.body.data, error: null })
    const list = await ask('zh-TW', 'GET', '/links')
    expect(textsIn(list.body).filter((text) => !HAN.test(text))).toEqual([])
  })

  it('changes nothing that others have written, even where it reads as a text of ours', async () => {
    const url = REFUSALS.file_gone.msg
    const checked = await ask('zh-TW', 'POST', '/check', { urls: [url] })
    expect(checked.body.data.results[0].url).toBe(url)
  })
})

const pick = (cause: RefusalCause, language: 'en' | 'zh-TW') => {
  const { msg, action } = refusalTexts(cause, language)
  return { msg, action }
}
