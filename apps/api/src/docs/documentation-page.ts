import type { OpenAPIObject } from '@nestjs/swagger'
import { ADMIN_API, EXTERNAL_API, LANGUAGES, type RefusalCause } from '@obb/contracts'
import { BY_KEY, BY_TOKEN, CallSections } from './call-section.js'
import { type Call, callsOf } from './document-types.js'
import { STYLE } from './documentation-style.js'
import { EXAMPLE_API, EXAMPLE_PROXY } from './examples.js'
import {
  changesSection,
  clientsSection,
  downloadSection,
  failuresSection,
  flowSection,
  startSection,
  statesSection,
} from './guide.js'
import { type Html, escapeHtml, markup, prose } from './html.js'
import { page } from './page.js'
import { type CallGroup, type Words, WORDS } from './words/index.js'

/** A document's addresses, as its reader has them. */
export interface Addresses {
  /** Of the gateway. */
  api: string
  /** Of downloads. */
  proxy: string
}

/** A part of a page: its entry in the navigation, with those below it, and its text. */
interface Part {
  id: string
  title: string
  below?: readonly { id: string; title: Markup }[]
  text: Html
}
type Markup = Html | string

/** Calls that download failures have which no call of the gateway has. */
const OF_DOWNLOADS: readonly RefusalCause[] = [
  'link_ended',
  'not_ready',
  'not_ready_whole',
  'range_unsatisfiable',
]
const OF_ROUTES: readonly RefusalCause[] = ['route_unknown', 'method_not_allowed']

/** The documentation of the external API: needs nothing from elsewhere and runs no script. */
export function publicPage(document: OpenAPIObject, words: Words): string {
  const calls = callsOf(document, [`${EXTERNAL_API}/`])
  const groups = Object.keys(words.calls.groups) as CallGroup[]
  const sections = new CallSections(words, EXTERNAL_API, BY_KEY)
  const grouped = groups.map((group) => ({
    ...{ id: `calls-${group}`, title: words.calls.groups[group] },
    calls: calls.filter((call) => groupOf(call) === group),
  }))
  return documentationPage(words, { title: words.title, lead: words.lead }, [
    part('start', words.start.title, startSection(words)),
    part('flow', words.flow.title, flowSection(words)),
    ...grouped.map((each) => callsPart(each, sections)),
    part('download', words.download.title, downloadSection(words)),
    part('states', words.states.title, statesSection(words)),
    part(
      'failures',
      words.failures.title,
      failuresSection(words, causesOf(calls, [...OF_DOWNLOADS, ...OF_ROUTES])),
    ),
    {
      ...part('clients', words.clients.title, clientsSection(words)),
      below: words.clients.list.map(({ id, name: title }) => ({ id, title })),
    },
    part('changes', words.changes.title, changesSection(words)),
  ])
}

/** The documentation of the admin API, for operators. */
export function adminPage(document: OpenAPIObject, words: Words): string {
  const calls = callsOf(document, [`${ADMIN_API}/`])
  const sections = new CallSections(words, ADMIN_API, BY_TOKEN)
  const names = [...new Set(calls.map(subjectOf))]
  const grouped = names.map((name) => ({
    ...{ id: `calls-${name}`, title: name },
    calls: calls.filter((call) => subjectOf(call) === name),
  }))
  return documentationPage(words, { title: words.adminTitle, lead: words.adminLead }, [
    ...grouped.map((each) => callsPart(each, sections)),
    part('failures', words.failures.title, failuresSection(words, causesOf(calls, OF_ROUTES))),
  ])
}

/** Both at once: what has taken the place of one may look like the other. */
const STAND_INS = new RegExp(`${EXAMPLE_PROXY}|${EXAMPLE_API}`.replaceAll('.', '\\.'), 'g')

/** A page's text with the addresses of whoever reads it in place of those of the examples. */
export function withAddresses(text: string, { api, proxy }: Addresses, escape = escapeHtml): string {
  const own = new Map([
    [EXAMPLE_PROXY, escape(proxy)],
    [EXAMPLE_API, escape(api)],
  ])
  return text.replaceAll(STAND_INS, (found) => own.get(found) ?? found)
}

function part(id: string, title: string, text: Html): Part {
  return { id, title, text }
}

function callsPart(
  { id, title, calls }: { id: string; title: string; calls: readonly Call[] },
  sections: CallSections,
): Part {
  return {
    ...{ id, title, below: calls.map((call) => ({ id: sections.idOf(call), title: sections.title(call) })) },
    text: markup`<section id="${id}">
      <h2>${title}</h2>
      ${calls.map((call) => sections.section(call))}
    </section> `,
  }
}

function causesOf(calls: readonly Call[], others: readonly RefusalCause[]): RefusalCause[] {
  return [...new Set([...calls.flatMap(({ operation }) => operation['x-failures'] ?? []), ...others])]
}

function groupOf({ path }: Call): CallGroup {
  const [name = ''] = path.slice(EXTERNAL_API.length + 1).split('/')
  if (name === 'device') return 'device'
  if (['check', 'expand', 'explain'].includes(name)) return 'inquiries'
  return ['unrestrict', 'link', 'links', 'nzb'].includes(name) ? 'links' : 'account'
}

function subjectOf({ path }: Call): string {
  return path.slice(ADMIN_API.length + 1).split('/')[0] ?? ''
}

function documentationPage(
  words: Words,
  { title, lead }: { title: string; lead: string },
  parts: readonly Part[],
): string {
  const { language } = words
  const others = LANGUAGES.filter((each) => each !== language)
  const navigation = markup`<ul>
    ${parts.map(
      ({ id, title: name, below = [] }) =>
        markup`<li>
          <a href="#${id}">${name}</a>${
            below.length === 0
              ? undefined
              : markup`<ul>
                  ${below.map((each) => markup`<li><a href="#${each.id}">${each.title}</a></li>`)}
                </ul>`
          }
        </li> `,
    )}
  </ul>`
  const body = markup`<a class="skip" href="#content">${words.toContent}</a>
    <header id="top">
      <h1>${title}</h1>
      <p class="language">
        ${others.map(
          (each) =>
            markup`<a href="?lang=${each}" hreflang="${each}" lang="${each}" rel="alternate"
              >${WORDS[each].name}</a
            >`,
        )}
      </p>
    </header>
    <details class="menu">
      <summary>${words.contents}</summary>
      <nav aria-label="${words.contents}">${navigation}</nav>
    </details>
    <div class="columns">
      <nav class="side" aria-label="${words.contents}">${navigation}</nav>
      <main id="content">
        <p class="lead">${prose(lead)}</p>
        ${words.untranslated === undefined ? undefined : markup`<p class="note">${words.untranslated}</p>`}
        ${parts.map(({ text }) => text)}
      </main>
    </div>
    <a class="top" href="#top">↑ ${words.toTop}</a>`
  return page({ title, language, style: STYLE, body: body.text })
}
