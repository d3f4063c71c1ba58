/** An API key: `obb_` and 32 characters of [0-9A-Za-z], 36 in all. The main client rejects other lengths. */
export const API_KEY_PATTERN = /^obb_[0-9A-Za-z]{32}$/

/** Path prefixes of the two HTTP interfaces of the gateway. */
export const EXTERNAL_API = '/api/external/v1'
export const ADMIN_API = '/api/admin/v1'
