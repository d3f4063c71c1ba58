import type { ExpandedLink } from './adapter.js'
import { HostError } from './errors.js'
import { MAX_EXPANDED_LINKS } from './limits.js'

/**
 * Adds a page of a container's links to those before it, and gives them all. Raises UNEXPECTED, which no later try
 * helps, beyond MAX_EXPANDED_LINKS: so an adapter that adds page by page stops asking.
 */
export function addLinks<Link extends ExpandedLink>(
  platform: string,
  links: Link[],
  page: readonly Link[],
): Link[] {
  if (links.length + page.length > MAX_EXPANDED_LINKS) {
    const message = `${platform}: folder holds more than ${MAX_EXPANDED_LINKS} links`
    throw new HostError('UNEXPECTED', message, { retryable: false })
  }
  links.push(...page)
  return links
}
