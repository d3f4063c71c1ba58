import {
  EXTERNAL_API,
  REFUSALS,
  Refusal,
  type RefusalCause,
  failure as failureOf,
  refusalTexts,
} from '@obb/contracts'
import { EXAMPLES, EXAMPLE_API, EXAMPLE_PROXY } from './examples.js'
import { type Html, markup, prose } from './html.js'
import type { Words } from './words/index.js'

/* The parts of the public page that are about more than one call. */

const KEY = '-H "X-Api-Key: $OBB_KEY"'
const API = `${EXAMPLE_API}${EXTERNAL_API}`
const { linkId = '' } = EXAMPLES['External_link']?.parameters ?? {}
const LINK = `${EXAMPLE_PROXY}/download/${linkId}/holiday.mkv`

/** The commands of the steps from a link to a file, in their order. */
const COMMANDS = [
  `curl ${KEY} -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(EXAMPLES['External_create']?.body)}' \\
  '${API}/unrestrict'`,
  `curl ${KEY} '${API}/link/${linkId}'`,
  `aria2c -x16 -s16 '${LINK}'`,
  `aria2c -c -x16 -s16 '${LINK}'`,
  `curl -X DELETE ${KEY} '${API}/link/${linkId}'`,
]

export function startSection({ start }: Words): Html {
  const failure = failureOf(new Refusal('host_usage_exceeded', { retryInSeconds: 5400 }))
  return markup`<section id="start">
    <h2>${start.title}</h2>
    <dl class="fields">
      <div>
        <dt>${start.address}</dt>
        <dd><code>${API}</code></dd>
      </div>
      <div>
        <dt>${start.downloads}</dt>
        <dd><code>${EXAMPLE_PROXY}/download/</code></dd>
      </div>
      <div>
        <dt>${start.openapi}</dt>
        <dd><a href="${EXTERNAL_API}/openapi.json">${EXTERNAL_API}/openapi.json</a></dd>
      </div>
      <div>
        <dt>${start.tryIt}</dt>
        <dd><a href="/try">/try</a></dd>
      </div>
    </dl>
    <h3>${start.keyTitle}</h3>
    ${list(start.key)}
    <h3>${start.envelopeTitle}</h3>
    <pre><code>{"success": true, "data": {…}}</code></pre>
    <pre><code>${JSON.stringify(failure, null, 2)}</code></pre>
    ${list(start.envelope)}
  </section> `
}

export function flowSection({ flow }: Words): Html {
  const steps = flow.steps.map(
    ({ title, text }, n) =>
      markup`<li>
        <h3>${title}</h3>
        <p>${prose(text)}</p>
        <pre><code>${COMMANDS[n]}</code></pre>
      </li> `,
  )
  return markup`<section id="flow">
    <h2>${flow.title}</h2>
    <p>${prose(flow.lead)}</p>
    <ol class="steps">
      ${steps}
    </ol>
  </section> `
}

export function downloadSection({ download }: Words): Html {
  return markup`<section id="download">
    <h2>${download.title}</h2>
    ${list(download.notes)}
  </section> `
}

export function statesSection({ states }: Words): Html {
  const rows = Object.entries(states.meanings).map(
    ([state, { meaning, action }]) =>
      markup`<div>
        <dt><code>${state}</code></dt>
        <dd>${prose(meaning)} <i>${prose(action)}</i></dd>
      </div> `,
  )
  return markup`<section id="states">
    <h2>${states.title}</h2>
    <p>${prose(states.lead)}</p>
    <dl class="fields">${rows}</dl>
  </section> `
}

/** `causes`: those that somebody may meet who reads the page. */
export function failuresSection({ failures, language }: Words, causes: readonly RefusalCause[]): Html {
  const rows = [...causes]
    .sort((a, b) => REFUSALS[a].status - REFUSALS[b].status)
    .map((cause) => {
      const { status, http, msg } = REFUSALS[cause]
      const words = refusalTexts(cause, language)
      const meaning = [words.msg === msg ? '' : words.msg, words.when ?? ''].join('')
      return markup`<div id="${cause}">
        <dt><b>${status}</b> <span>${failures.http} ${http}</span></dt>
        <dd>
          <code>${msg}</code>${meaning === '' ? undefined : markup`<p>${prose(meaning)}</p>`}
          <p><i>${failures.action}: ${prose(words.action)}</i></p>
        </dd>
      </div> `
    })
  return markup`<section id="failures">
    <h2>${failures.title}</h2>
    ${failures.lead.map((each) => markup`<p>${prose(each)}</p>`)}
    <dl class="fields">${rows}</dl>
  </section> `
}

export function clientsSection({ clients }: Words): Html {
  const parts = clients.list.map(
    ({ id, name, notes, code }) =>
      markup`<section id="${id}">
        <h3>${name}</h3>
        ${list(notes)}${
          code === undefined ? undefined : markup`<pre><code>${code.replaceAll('{link}', LINK)}</code></pre>`
        }
      </section> `,
  )
  return markup`<section id="clients">
    <h2>${clients.title}</h2>
    <p>${prose(clients.lead)}</p>
    ${parts}
  </section> `
}

export function changesSection({ changes }: Words): Html {
  const rows = changes.list.map(
    ({ date, text }) =>
      markup`<div>
        <dt><time datetime="${date}">${date}</time></dt>
        <dd>${prose(text)}</dd>
      </div> `,
  )
  return markup`<section id="changes">
    <h2>${changes.title}</h2>
    <dl class="fields">${rows}</dl>
  </section> `
}

function list(items: readonly string[]): Html {
  return markup`<ul>
    ${items.map((item) => markup`<li>${prose(item)}</li>`)}
  </ul>`
}
