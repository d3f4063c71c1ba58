/** Shorter texts stand in others by chance. */
const MIN_KNOWN = 4
const HARMLESS_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?|0\.0\.0\.0|\[?::\]?)$/i
/** Names without a dot are those of containers. */
const isHarmless = (host: string): boolean => HARMLESS_HOST.test(host) || /^[a-z][\w-]*$/i.test(host)

const URL_LIKE = /\b([a-z][a-z\d+.-]*):\/\/([^\s"'<>]+)/gi
const MAIL = /[^\s@"'<>/‹›]{1,64}@[^\s@"'<>/‹›]{1,255}/g
const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g
const IPV6 = /(?<![\w:])(?:[\da-f]{0,4}:){3,7}[\da-f]{0,4}(?![\w:])/gi
const TOKEN = /[A-Za-z\d+/_=-]{20,}/g
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const NAME_OF_HOST = /\b(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,24}\b/gi
/** What ends so is a file of ours or a word, and no host. */
const NO_HOST = /\.(log|json|js|ts|md|env|example|backup)$/i

/**
 * A text as it may be sent to a stranger who helps: without what is known to be secret or somebody's name, and without
 * what looks like a URL, an e-mail, an address, a host or a key.
 */
export function scrubbed(text: string, known: readonly string[] = []): string {
  const longestFirst = known.filter((each) => each.length >= MIN_KNOWN).sort((a, b) => b.length - a.length)
  let clean = text
  for (const each of longestFirst) clean = clean.replaceAll(each, '‹hidden›')
  return clean
    .replace(URL_LIKE, (url) => placeOf(url))
    .replace(MAIL, '‹mail›')
    .replace(IPV4, (address) => (HARMLESS_HOST.test(address) ? address : '‹address›'))
    .replace(IPV6, (address) => (HARMLESS_HOST.test(address) ? address : '‹address›'))
    .replace(NAME_OF_HOST, (host) => (NO_HOST.test(host) ? host : '‹host›'))
    .replace(TOKEN, (token) => (UUID.test(token) ? token : '‹hidden›'))
}

/** `postgresql://‹host›:5432/…`: how something is reached, and neither where nor by whom. */
export function placeOf(text: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/i.exec(text) ?? []
  const authority = rest.split(/[/?#]/, 1)[0] ?? ''
  const more = rest.length > authority.length && rest.slice(authority.length) !== '/' ? '/…' : ''
  const who = authority.includes('@') ? '‹user›@' : ''
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(authority.split('@').at(-1) ?? '') ?? []
  return `${scheme}://${who}${isHarmless(host) ? host : '‹host›'}${port}${more}`
}
