/**
 * The one table of everything that is not a success. A refusal is named by its cause; the cause fixes the
 * status number for clients, the HTTP code, and a public text that is constant (clients count retries by
 * it), so it never holds a counter, a time, an id or a URL. `retryInSeconds` is when to ask again where nothing knows
 * better: without any, JDownloader pauses the whole account for five minutes after 52.
 */
export const REFUSALS = {
  key_invalid: { status: 1, http: 401, msg: 'The API key is missing or invalid.' },
  key_expired: { status: 1, http: 401, msg: 'This API key has expired.' },
  key_scope_missing: {
    status: 2,
    http: 403,
    msg: 'This API key is not allowed to do that; its scopes are set where it was made.',
  },
  key_network_refused: {
    status: 2,
    http: 403,
    msg: 'This API key does not work from this network; its networks are set where it was made.',
  },
  account_suspended: { status: 2, http: 403, msg: 'This account is suspended.' },
  account_expired: { status: 2, http: 403, msg: 'This account has expired.' },
  signed_out: { status: 900, http: 401, msg: 'You are not signed in, or not any more.' },
  sign_in_failed: { status: 900, http: 401, msg: 'The e-mail or the password is wrong.' },
  second_factor_needed: { status: 900, http: 401, msg: 'The code of your second factor is needed.' },
  second_factor_wrong: { status: 900, http: 401, msg: 'The code of your second factor is wrong or used.' },
  current_password_wrong: { status: 900, http: 403, msg: 'The current password is wrong.' },
  operator_needed: { status: 900, http: 403, msg: 'This is for operators only.' },
  origin_foreign: { status: 900, http: 403, msg: 'This may be asked by pages of this server only.' },
  set_up_code_wrong: { status: 900, http: 403, msg: 'The set-up code is wrong.' },
  set_up_done: { status: 900, http: 403, msg: 'This server is set up already.' },
  link_token_invalid: {
    status: 900,
    http: 404,
    msg: 'This link has been used, taken back, or is too old; ask for a new one.',
  },
  last_operator: { status: 900, http: 409, msg: 'There would be no operator left; make another one first.' },
  traffic_insufficient: {
    status: 52,
    http: 402,
    msg: 'Not enough traffic left for this file.',
    retryInSeconds: 60,
  },
  host_usage_exceeded: {
    status: 54,
    http: 429,
    msg: 'The 24 hour limit for this host is used up.',
  },
  slots_full: { status: 55, http: 429, msg: 'Too many downloads of this host at once.' },
  solo_slot_full: { status: 56, http: 429, msg: 'Only one download of this host at a time.' },
  url_unsupported: { status: 101, http: 400, msg: 'This URL or host is not supported.' },
  folder_given: { status: 101, http: 400, msg: 'This URL is a folder: POST /expand gives the links in it.' },
  folder_unlisted: {
    status: 101,
    http: 400,
    msg: 'Folders of this host cannot be listed here; give the links of the files in it.',
  },
  several_links: { status: 101, http: 400, msg: 'These are several links; give one, or all to POST /check.' },
  size_unknown: { status: 101, http: 400, msg: 'The host does not tell the size of this file.' },
  folder_too_large: {
    status: 900,
    http: 413,
    msg: 'There are too many files in this folder for one request: POST /expand gives the links in it.',
  },
  file_blocked: { status: 102, http: 403, msg: 'This file is blocked.' },
  file_restricted: { status: 103, http: 400, msg: 'This file is private or has to be paid for separately.' },
  file_gone: { status: 104, http: 404, msg: 'This file is offline or does not exist.' },
  folder_empty: { status: 104, http: 404, msg: 'There is nothing in this folder.' },
  link_unknown: { status: 104, http: 404, msg: 'There is no such link.' },
  link_ended: { status: 104, http: 410, msg: 'This link is no longer valid; request it again.' },
  host_unavailable: { status: 105, http: 503, msg: 'The host is not available at the moment.' },
  no_fetcher: { status: 105, http: 503, msg: 'The service is under maintenance.' },
  store_full: { status: 105, http: 503, msg: 'There is no room for this file on the server at the moment.' },
  store_unavailable: {
    status: 105,
    http: 503,
    msg: 'The storage of this server is not available at the moment.',
  },
  service_unavailable: { status: 105, http: 503, msg: 'The service is not available at the moment.' },
  not_ready: { status: 105, http: 425, msg: 'The file is not ready yet.' },
  not_ready_whole: {
    status: 105,
    http: 425,
    msg: 'The file is not ready yet; reading it meanwhile needs SERVE_WHILE_FETCHING on this server.',
  },
  upstream_error: { status: 106, http: 502, msg: 'The host answered with an error.' },
  server_unreachable: {
    status: 106,
    http: 502,
    msg: 'The server of this link cannot be reached, or breaks off its answers.',
  },
  pool_exhausted: { status: 107, http: 429, msg: 'No account for this host is available at the moment.' },
  pool_empty: {
    status: 107,
    http: 429,
    msg: 'No account for this host is configured; the operator must add one.',
  },
  password_required: { status: 109, http: 403, msg: 'This file needs a password.' },
  password_wrong: { status: 110, http: 403, msg: 'The password of this file is wrong.' },
  request_invalid: { status: 900, http: 400, msg: 'The request is not valid.' },
  route_unknown: { status: 900, http: 404, msg: 'There is no such route.' },
  resource_unknown: { status: 900, http: 404, msg: 'There is no such resource.' },
  method_not_allowed: { status: 900, http: 405, msg: 'This method is not allowed here.' },
  conflict: { status: 900, http: 409, msg: 'This exists already.' },
  account_refused: { status: 900, http: 422, msg: 'The host refuses this account.' },
  body_too_large: { status: 900, http: 413, msg: 'The request body is too large.' },
  media_type_unsupported: { status: 900, http: 415, msg: 'The request body must be JSON.' },
  nzb_expected: { status: 900, http: 415, msg: 'The request body must be an NZB.' },
  range_unsatisfiable: { status: 900, http: 416, msg: 'The requested range is outside the file.' },
  streams_full: {
    status: 900,
    http: 429,
    msg: 'Too many streams of events are open for this account.',
    retryInSeconds: 30,
  },
  rate_limited: { status: 900, http: 429, msg: 'Too many requests.' },
  internal: { status: 999, http: 500, msg: 'Internal error.' },
} as const satisfies Record<string, { status: number; http: number; msg: string; retryInSeconds?: number }>

export type RefusalCause = keyof typeof REFUSALS
export type Status = (typeof REFUSALS)[RefusalCause]['status']

/** A refusal as a value, and as something that can be thrown up to the one writer of failures. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly refusal: RefusalCause,
    readonly options: {
      /** Positive integer of seconds; only where a retry makes sense. */
      retryInSeconds?: number
      /** Faults of the caller's own input, for the admin API and its command line. */
      details?: readonly string[]
      /** For logs only. */
      internal?: string
    } = {},
  ) {
    super(options.internal ?? refusal)
  }
}

/** Whether time heals it: the others need another link, a password, more traffic or an operator. */
export function isPassing(cause: RefusalCause): boolean {
  const { status } = REFUSALS[cause]
  if (cause === 'pool_empty') return false
  return status === 54 || status === 105 || status === 106 || status === 107
}

export function isRefusalCause(value: unknown): value is RefusalCause {
  return typeof value === 'string' && Object.hasOwn(REFUSALS, value)
}
