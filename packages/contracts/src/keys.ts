/** An API key: `obb_` and 32 characters of [0-9A-Za-z], 36 in all. The main client rejects other lengths. */
export const API_KEY_PATTERN = /^obb_[0-9A-Za-z]{32}$/

/** Path prefixes of the HTTP interfaces of the gateway. */
export const EXTERNAL_API = '/api/external/v1'
export const ADMIN_API = '/api/admin/v1'
/** The same for the pages of the portal, whose callers are known by their session. */
export const PORTAL_API = '/api/portal/v1'
export const PORTAL_ADMIN_API = `${PORTAL_API}/admin`
/** Where the documentation of the external API is, for people. */
export const DOCS_PATH = '/docs'
