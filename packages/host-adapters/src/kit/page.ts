/* Pages of websites, read once from beginning to end for what is on them: forms, links and words. */
import { Parser } from 'htmlparser2'

/** Longest part of a page that is read, characters. */
const MAX_HTML = 1024 * 1024
/** A page with more is no page of a file host. */
const MAX_LINKS = 2000
const MAX_FORMS = 50
const MAX_FIELDS = 200
const MAX_HEADINGS = 50
const HEADINGS: ReadonlySet<string> = new Set(['h1', 'h2'])
/** Elements whose text nobody sees. */
const UNSEEN: ReadonlySet<string> = new Set(['script', 'style', 'noscript', 'template', 'title'])
/** What the common captchas put into a page. */
const CAPTCHA = /\b(g-recaptcha|h-captcha|cf-turnstile|solvemedia|captcha)\b/i

export interface PageForm {
  /** As it is written there; empty for the page itself. */
  action: string
  /** Fields with their values; of a button its name and value. */
  fields: ReadonlyMap<string, string>
  /** It holds a captcha. */
  captcha: boolean
}

export interface Page {
  forms: readonly PageForm[]
  /** Targets of links, as they are written there. */
  links: readonly string[]
  /** What a visitor reads, with single blanks. */
  text: string
  title: string
  /** Texts of headings, and of elements of the class `filename`. */
  headings: readonly string[]
}

interface OpenForm {
  action: string
  fields: Map<string, string>
  captcha: boolean
}

/** readPage is total: what is no HTML is a page of nothing but text. Takes time in proportion to the length. */
export function readPage(html: string): Page {
  const forms: OpenForm[] = []
  const links: string[] = []
  const words: string[] = []
  const title: string[] = []
  const headings: string[] = []
  let form: OpenForm | undefined
  /** Element whose text is a heading, and how it began. */
  let heading: { name: string; from: number } | undefined
  let unseen = 0
  let inTitle = false
  const parser = new Parser({
    onopentag(name, attributes) {
      const { action = '', class: classes = '', href, id = '', name: field, value = '' } = attributes
      if (UNSEEN.has(name)) unseen++
      if (name === 'title') inTitle = true
      const isHeading = HEADINGS.has(name) || classes === 'filename'
      if (isHeading && heading === undefined && headings.length < MAX_HEADINGS)
        heading = { name, from: words.length }
      if (name === 'a' && href !== undefined && links.length < MAX_LINKS) links.push(href)
      if (name === 'form' && forms.length < MAX_FORMS) {
        forms.push((form = { action, fields: new Map(), captcha: false }))
      }
      if (form === undefined) return
      if (CAPTCHA.test(classes) || CAPTCHA.test(id) || CAPTCHA.test(field ?? '')) form.captcha = true
      const isField = name === 'input' || name === 'button' || name === 'textarea'
      if (isField && field !== undefined && form.fields.size < MAX_FIELDS) form.fields.set(field, value)
    },
    ontext(text) {
      if (inTitle) title.push(text)
      else if (unseen === 0) words.push(text)
    },
    onclosetag(name) {
      if (UNSEEN.has(name)) unseen--
      if (name === 'title') inTitle = false
      if (name === 'form') form = undefined
      if (heading?.name === name) {
        headings.push(oneLine(words.slice(heading.from)))
        heading = undefined
      }
      // Words of neighbouring cells are no single word.
      words.push(' ')
    },
  })
  parser.write(html.slice(0, MAX_HTML))
  parser.end()
  return { forms, links, text: oneLine(words), title: oneLine(title), headings }
}

function oneLine(parts: readonly string[]): string {
  return parts.join('').replace(/\s+/g, ' ').trim()
}

/** The value of a field that has one; undefined without, or where it is empty. */
export function fieldOf({ fields }: PageForm, name: string): string | undefined {
  return fields.get(name) || undefined
}
