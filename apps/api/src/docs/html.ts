/** Markup: what is in it has been escaped, or is markup by intent. */
export class Html {
  constructor(readonly text: string) {}
}

export type Markup = Html | string | number | undefined | readonly Markup[]

/** Markup with values in it. All text is escaped, for elements and for attributes in double quotes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Markup[]): Html {
  return new Html(parts.map((part, n) => part + (n < values.length ? markupOf(values[n]) : '')).join(''))
}

function markupOf(value: Markup): string {
  if (value === undefined) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(markupOf).join('')
  return escapeHtml(String(value))
}

/** Text that may stand in an element or in an attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Text with `code` marked. */
export function prose(text: string): Html {
  const parts = text.split('`')
  return markup`${parts.map((part, n) => (n % 2 === 1 && n < parts.length - 1 ? markup`<code>${part}</code>` : part))}`
}
