import { beforeAll, describe, expect, it } from '@jest/globals'
import type { OpenAPIObject } from '@nestjs/swagger'
import { ADMIN_API, EXTERNAL_API, LANGUAGES, REFUSALS, type RefusalCause, refusalTexts } from '@obb/contracts'
import { z } from 'zod'
import { type Call, type Schema, callsOf, contentOf } from './document-types.js'
import { type Addresses, adminPage, publicPage, withAddresses } from './documentation-page.js'
import { EXAMPLES } from './examples.js'
import { gatewayDocument } from './gateway-document.js'
import { prose } from './html.js'
import { WORDS } from './words/index.js'

const HERE: Addresses = { api: 'http://nas.lan:8080', proxy: 'http://nas.lan:8081' }
/** The interfaces that are documented here. */
const DOCUMENTED = [`${EXTERNAL_API}/`, `${ADMIN_API}/`, '/health']
const VOID = new Set(['meta', 'br', 'hr', 'img', 'input', 'link'])

let document: OpenAPIObject
let calls: Call[]
beforeAll(async () => {
  document = await gatewayDocument()
  calls = callsOf(document, DOCUMENTED)
})

/** Every field below a schema, under its path. */
function fieldsOf(schema: Schema | undefined, path: string): [string, Schema][] {
  if (schema === undefined) return []
  const { properties = {}, items, additionalProperties, anyOf = [] } = schema
  return [
    ...Object.entries(properties).flatMap(([name, field]): [string, Schema][] => [
      [`${path}.${name}`, field],
      ...fieldsOf(field, `${path}.${name}`),
    ]),
    ...fieldsOf(items, `${path}[]`),
    ...(typeof additionalProperties === 'object' ? fieldsOf(additionalProperties, `${path}.*`) : []),
    ...anyOf.flatMap((each) => fieldsOf(each, path)),
  ]
}

/** Whether a value is of a schema, and has nothing that the schema does not name. */
function faultsOf(schema: Schema | undefined, value: unknown): unknown {
  const closed = JSON.parse(
    JSON.stringify(schema, (_key, each: Schema | undefined) =>
      each?.properties ? { ...each, additionalProperties: false } : each,
    ),
  ) as object
  const json = z.fromJSONSchema(closed as never, { defaultTarget: 'openapi-3.0' })
  return json.safeParse(value).error?.issues
}

describe('the OpenAPI document', () => {
  it('tells the meaning of every field of requests, parameters and answers', () => {
    const empty = calls.flatMap(({ method, path, operation }) => {
      const { parameters = [], requestBody, responses } = operation
      const bodies = [requestBody, ...Object.values(responses)].flatMap((each) =>
        Object.values(each?.content ?? {}),
      )
      const rows = [
        ...parameters.map(({ name, ...rest }) => [`parameter ${name}`, rest] as const),
        ...bodies.flatMap(({ schema }) => fieldsOf(schema, '')),
      ]
      return rows
        .filter(([, { description = '' }]) => description.trim() === '')
        .map(([name]) => `${method} ${path} ${name}`)
    })
    expect(empty).toEqual([])
    expect(fieldsOf(document.components?.schemas?.['Failure'] as Schema, '').length).toBeGreaterThan(4)
  })

  it('has an example of every call of the external API', () => {
    const external = calls.filter(({ path }) => !path.startsWith(ADMIN_API))
    const without = external.filter(({ operation }) => EXAMPLES[operation.operationId] === undefined)
    expect(without.map(({ path }) => path)).toEqual([])
    const operations = new Set(calls.map(({ operation }) => operation.operationId))
    expect(Object.keys(EXAMPLES).filter((id) => !operations.has(id))).toEqual([])
  })

  it('has examples that are what its schemas say, and name no other field', () => {
    let answers = 0
    for (const { path, operation } of calls) {
      const { parameters = {}, body } = EXAMPLES[operation.operationId] ?? {}
      const answer = contentOf(operation.responses['200'])
      if (answer?.example !== undefined) {
        expect([path, faultsOf(answer.schema, answer.example)]).toEqual([path, undefined])
        answers++
      }
      if (body !== undefined) {
        expect([path, faultsOf(contentOf(operation.requestBody)?.schema, body)]).toEqual([path, undefined])
      }
      for (const [name, text] of Object.entries(parameters)) {
        const parameter = operation.parameters?.find((each) => each.name === name)
        const isNumber = parameter?.schema?.type === 'integer'
        const value = isNumber ? Number(text) : text
        expect([path, name, parameter && faultsOf(parameter.schema, value)]).toEqual([path, name, undefined])
        expect(parameter).toBeDefined()
      }
    }
    expect(answers).toBeGreaterThan(40)
  })

  it('says of every call by which causes it may be refused, under the HTTP codes of the table', () => {
    for (const { path, operation } of calls) {
      const causes = operation['x-failures'] ?? []
      expect([path, causes]).toEqual([path, expect.arrayContaining(['internal'])])
      for (const cause of causes) {
        expect([path, Object.keys(operation.responses)]).toEqual([
          path,
          expect.arrayContaining([String(REFUSALS[cause].http)]),
        ])
      }
    }
    const ofCode = document.components?.responses?.['Failure402'] as { description: string }
    expect(ofCode.description).toContain(REFUSALS.traffic_insufficient.action)
  })
})

interface Tag {
  name: string
  attributes: Map<string, string>
}

/** The tags of a page that is well-formed: all closed in their order, attributes quoted, nothing unescaped. */
function tagsOf(page: string): Tag[] {
  const tags: Tag[] = []
  const open: string[] = []
  const text = page.replace(/<style>[^<]*<\/style>/, '')
  const token = /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"<>]*")*)\s*>|[^<>]+|[<>]/y
  for (token.lastIndex = 0; token.lastIndex < text.length;) {
    const [all = '', slash, name, attributes = ''] = token.exec(text) ?? []
    if (name === undefined) {
      if (all === '<' || all === '>' || all === '')
        throw new Error(`stray ${all} at ${text.slice(token.lastIndex - 60, token.lastIndex)}`)
      if (!all.startsWith('<!') && /&(?!(?:amp|lt|gt|quot|nbsp|#39);)/.test(all))
        throw new Error(`unescaped: ${all}`)
    } else if (slash === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      if (!VOID.has(name)) open.push(name)
      const pairs = [...attributes.matchAll(/\s([a-z-]+)="([^"]*)"/g)]
      tags.push({ name, attributes: new Map(pairs.map(([, key = '', value = '']) => [key, value])) })
    }
  }
  if (open.length > 0) throw new Error(`left open: ${open.join(' ')}`)
  return tags
}

describe.each([
  ['the public page', publicPage, 160_000],
  ['the page of the admin API', adminPage, 290_000],
] as const)('%s', (_name, pageOf, limit) => {
  describe.each(LANGUAGES)('in %s', (language) => {
    let page: string
    let tags: Tag[]
    beforeAll(() => {
      page = withAddresses(pageOf(document, WORDS[language]), HERE)
      tags = tagsOf(page)
    })
    const values = (name: string) => tags.flatMap(({ attributes }) => attributes.get(name) ?? [])

    it('is well-formed, of its language, and no larger than a page should be', () => {
      expect(tags[0]).toEqual({ name: 'html', attributes: new Map([['lang', language]]) })
      expect(Buffer.byteLength(page)).toBeLessThan(limit)
      expect(page).not.toMatch(/undefined|\[object|NaN/)
    })

    it('loads nothing, runs nothing and sends nothing', () => {
      const names = new Set(tags.map(({ name }) => name))
      for (const name of ['script', 'link', 'img', 'iframe', 'form', 'object', 'base']) {
        expect([name, names.has(name)]).toEqual([name, false])
      }
      expect(
        tags
          .flatMap(({ attributes }) => [...attributes.keys()])
          .filter((key) => /^on|^style$|^src$/.test(key)),
      ).toEqual([])
    })

    it('has no id twice, and all its anchors lead somewhere', () => {
      const ids = values('id')
      expect(new Set(ids).size).toBe(ids.length)
      const anchors = values('href').filter((href) => href.startsWith('#'))
      expect(anchors.length).toBeGreaterThan(50)
      expect(anchors.filter((href) => !ids.includes(href.slice(1)))).toEqual([])
    })

    it('has a meaning at every field', () => {
      expect(page).toContain('<dd>')
      expect(page).not.toMatch(/<dd>\s*<\/dd>|<dd>\s*<dl|<i>[^<]*: <\/i>|<p><\/p>|<li>\s*<\/li>/)
    })
  })
})

describe('the public page', () => {
  it.each(LANGUAGES)('in %s has every call of the external API, and nothing of the admin API', (language) => {
    const page = publicPage(document, WORDS[language])
    const ids = tagsOf(page).flatMap(({ attributes }) => attributes.get('id') ?? [])
    for (const { method, path } of callsOf(document, [`${EXTERNAL_API}/`])) {
      const id = [
        method,
        ...path
          .slice(EXTERNAL_API.length)
          .toLowerCase()
          .split(/[^a-z0-9]/),
      ]
      expect(ids).toContain(id.filter(Boolean).join('-'))
    }
    expect(page).not.toContain('/api/admin')
    expect(page).not.toContain('$ADMIN_TOKEN')
  })

  it('has the same sections in all languages', () => {
    const [first, ...others] = LANGUAGES.map((language) =>
      tagsOf(publicPage(document, WORDS[language])).flatMap(({ attributes }) => attributes.get('id') ?? []),
    )
    for (const ids of others) expect(ids).toEqual(first)
  })

  it('says of every failure when it comes and what to do, in every language', () => {
    const causes = Object.keys(REFUSALS) as RefusalCause[]
    for (const language of LANGUAGES) {
      const page = publicPage(document, WORDS[language])
      const ids = tagsOf(page).map(({ attributes }) => attributes.get('id'))
      const shown = causes.filter((cause) => ids.includes(cause))
      expect(shown.length).toBeGreaterThan(30)
      for (const cause of shown) {
        const { msg, action } = refusalTexts(cause, language)
        for (const text of [msg, action]) expect(page).toContain(prose(text).text)
      }
    }
  })

  it('calls all calls of the external API in every language', () => {
    const ids = callsOf(document, [`${EXTERNAL_API}/`]).map(({ operation }) => operation.operationId)
    expect(ids.filter((id) => WORDS['zh-TW'].summaries[id] === undefined)).toEqual([])
  })

  it('names the addresses of its reader, and those only, escaped', () => {
    const bad = { api: 'http://a/?"><script>alert(1)</script>$&', proxy: "http://b/'<b>" }
    const page = withAddresses(publicPage(document, WORDS.en), bad)
    expect(() => tagsOf(page)).not.toThrow()
    expect(page).not.toContain('<script')
    expect(page).toContain(
      'http://a/?&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;$&amp;/api/external/v1/unrestrict',
    )
    expect(page).not.toContain('obb.example')
  })
})
