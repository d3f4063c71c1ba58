export const DOWNLOAD_ROUTES = ['download/:linkId', 'download/:linkId/:filename']
/** Beside the downloads, too: where a reverse proxy leads only these here, that tells whether it does. */
export const HEALTH_ROUTES = ['health', 'download/health']
export const READY_ROUTE = 'health/ready'

const KNOWN_PATH = /^\/(?:health(?:\/ready)?|download\/[^/?]+(?:\/[^/?]+)?)(?:\?|$)/

/** Whether a request target (with its query) is served for some method. */
export function isKnownPath(target: string): boolean {
  return KNOWN_PATH.test(target)
}
