import { REFUSALS, type RefusalCause, refusalTexts } from '@obb/contracts'
import { EVERY_CALL } from './call-failures.js'
import { type Call, contentOf, dataOf } from './document-types.js'
import { EXAMPLES, EXAMPLE_API } from './examples.js'
import { type FieldContext, fieldList, parameterList, Shapes } from './field-list.js'
import { type Html, markup, prose } from './html.js'
import type { Words } from './words/index.js'

/** How callers of a page's API show who they are, in a shell. */
export interface Credential {
  field: string
}
export const BY_KEY: Credential = { field: 'X-Api-Key: $OBB_KEY' }
export const BY_TOKEN: Credential = { field: 'Authorization: Bearer $ADMIN_TOKEN' }

/** So many failures in common are referred to. */
const MANY = 6

/** Sections of calls, one after the other: what one has told, the next ones refer to. */
export class CallSections {
  private readonly shapes = new Shapes()
  private readonly told: { link: Html; causes: readonly RefusalCause[] }[] = []

  constructor(
    private readonly words: Words,
    /** Path that all calls of the page begin with. */
    private readonly prefix: string,
    private readonly credential: Credential,
  ) {}

  /** Id of a call on its page. */
  idOf({ method, path }: Call): string {
    const words = this.nameOf(path)
      .toLowerCase()
      .split(/[^a-z0-9]/)
    return [method, ...words].filter(Boolean).join('-')
  }

  linkTo(call: Call): Html {
    return markup`<a href="#${this.idOf(call)}">${this.title(call)}</a>`
  }

  title({ method, path }: Call): Html {
    return markup`<code><b class="${method}">${method.toUpperCase()}</b> ${this.nameOf(path)}</code>`
  }

  section(call: Call): Html {
    const { operation } = call
    const { calls, summaries } = this.words
    const context: FieldContext = { words: this.words, shapes: this.shapes, link: this.linkTo(call) }
    const body = contentOf(operation.requestBody)
    const parameters = parameterList(operation.parameters ?? [], context)
    const fields = fieldList(body?.schema, context)
    const answer = fieldList(dataOf(operation), context)
    const example = EXAMPLES[operation.operationId]
    const isFile = body !== undefined && body.type !== 'application/json'
    return markup`<section id="${this.idOf(call)}">
      <h3>${this.title(call)}</h3>
      <p class="lead">${prose(summaries[operation.operationId] ?? operation.summary ?? '')}</p>
      ${operation.description === undefined ? undefined : markup`<p>${prose(operation.description)}</p>`}
      ${
        parameters &&
        markup`<h4>${calls.parameters}</h4>
          ${parameters}`
      }
      ${
        fields &&
        markup`<h4>${calls.body}</h4>
          ${fields}`
      }
      ${
        isFile
          ? markup`<h4>${calls.body}</h4>
              <p>${calls.binary} ${types(call)}</p>`
          : undefined
      }
      ${
        example &&
        markup`<h4>${calls.exampleRequest}</h4>
          ${this.request(call, body?.type)}
          <h4>${calls.exampleAnswer}</h4>
          <pre><code>${example.text ?? JSON.stringify({ success: true, data: example.data }, null, 2)}</code></pre>`
      }
      ${
        answer &&
        markup`<h4>${prose(calls.answer)}</h4>
          ${answer}`
      }
      <h4>${calls.failures}</h4>
      ${this.failures(call)}
    </section> `
  }

  private nameOf(path: string): string {
    return path.startsWith(this.prefix) ? path.slice(this.prefix.length) : path
  }

  /** The call with curl. */
  private request(call: Call, type: string | undefined): Html {
    const { parameters = {}, body } = EXAMPLES[call.operation.operationId] ?? {}
    const path = call.path.replaceAll(/\{(\w+)\}/g, (all, name: string) => parameters[name] ?? all)
    const query = (call.operation.parameters ?? []).flatMap(({ name, in: place }) => {
      const value = place === 'query' ? parameters[name] : undefined
      return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]
    })
    const url = `${EXAMPLE_API}${path}${query.length > 0 ? `?${query.join('&')}` : ''}`
    const method =
      call.method === 'get' || (call.method === 'post' && type !== undefined)
        ? ''
        : `-X ${call.method.toUpperCase()} `
    const lines = [`curl ${method}'${url}'`]
    if ((call.operation.security ?? []).length > 0) lines.push(`-H "${this.credential.field}"`)
    if (type !== undefined) lines.push(`-H 'Content-Type: ${type}'`)
    if (body !== undefined) lines.push(`-d '${JSON.stringify(body)}'`)
    else if (type !== undefined) lines.push('--data-binary @holiday.nzb')
    return markup`<pre><code>${lines.join(' \\\n  ')}</code></pre>`
  }

  /** Its own failures with what to do, and those of every call by their numbers. */
  private failures(call: Call): Html {
    const { calls } = this.words
    const causes = call.operation['x-failures'] ?? []
    const own = causes.filter((cause) => !EVERY_CALL.includes(cause))
    const common = causes.filter((cause) => EVERY_CALL.includes(cause))
    const before = this.told.find((each) => each.causes.every((cause) => own.includes(cause)))
    const rest = before ? own.filter((cause) => !before.causes.includes(cause)) : own
    if (!before && own.length >= MANY) this.told.push({ link: this.linkTo(call), causes: own })
    const sentence = before && (rest.length === 0 ? calls.same('\0') : calls.sameAnd('\0')).split('\0')
    return markup`${before && markup`<p class="same">${sentence?.[0]}${before.link}${sentence?.[1]}</p>`}
      ${
        rest.length > 0
          ? markup`<ul class="failures">
              ${rest.map((cause) => this.failure(cause))}
            </ul>`
          : undefined
      }
      <p class="same">
        ${calls.everyCall}
        ${common.map((cause) => markup`<a href="#${cause}">${REFUSALS[cause].status}&nbsp;(${REFUSALS[cause].http})</a> `)}
      </p>`
  }

  private failure(cause: RefusalCause): Html {
    const { status, http } = REFUSALS[cause]
    const { msg, when, action } = refusalTexts(cause, this.words.language)
    return markup`<li>
      <a href="#${cause}"><b>${status}</b> <span>HTTP ${http}</span></a>
      <span>${prose(when ?? msg)} <i>${prose(action)}</i></span>
    </li> `
  }
}

/** Media types that a call takes, one of them with the name of the field of a form. */
function types({ operation }: Call): Html {
  const all = Object.entries(operation.requestBody?.content ?? {})
  return markup`${all.map(([type, { schema }], n) => {
    const field = Object.keys(schema?.properties ?? {})[0]
    return markup`${n > 0 ? ', ' : ''}<code>${type}</code>${field === undefined ? '' : markup` (<code>${field}</code>)`}`
  })}`
}
