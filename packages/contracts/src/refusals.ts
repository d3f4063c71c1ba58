/** What people are told of a refusal; constant. */
export interface RefusalTexts {
  msg: string
  /** When it comes, where `msg` does not tell. */
  when?: string
  /** What a client should do, or the person before it. */
  action: string
}

export interface RefusalRow extends RefusalTexts {
  /** Number for clients. */
  status: number
  http: number
  /** Name of this error in the RFC that the call is of. */
  error?: string
  /** When to ask again where nothing knows better, s. */
  retryInSeconds?: number
}

/**
 * The one table of everything that is not a success. A refusal is named by its cause; the cause fixes the
 * status number for clients, the HTTP code, and a public text that is constant (clients count retries by
 * it), so it never holds a counter, a time, an id or a URL. `retryInSeconds` is when to ask again where nothing knows
 * better: without any, JDownloader pauses the whole account for five minutes after 52. The texts here are the English
 * ones; `refusalTexts` has them in each language.
 */
export const REFUSALS = {
  key_invalid: {
    status: 1,
    http: 401,
    msg: 'The API key is missing or invalid.',
    action:
      'Send a valid key, 36 characters that begin with obb_. After a rotation the old one is gone: ask for no more with it.',
  },
  key_expired: {
    status: 1,
    http: 401,
    msg: 'This API key has expired.',
    action: 'Make another key, or have its time extended where keys are made.',
  },
  key_scope_missing: {
    status: 2,
    http: 403,
    msg: 'This API key is not allowed to do that; its scopes are set where it was made.',
    when: 'Looking needs the scope `read`, having links made and ended `submit`.',
    action: 'Take another key, or give this one the scope where keys are made.',
  },
  key_network_refused: {
    status: 2,
    http: 403,
    msg: 'This API key does not work from this network; its networks are set where it was made.',
    action: 'Call from one of its networks, or add this one where keys are made.',
  },
  account_suspended: {
    status: 2,
    http: 403,
    msg: 'This account is suspended.',
    when: 'Calls, and downloads by links that were given before.',
    action: 'Stop, and ask the operator of this server.',
  },
  account_expired: {
    status: 2,
    http: 403,
    msg: 'This account has expired.',
    when: 'Calls, and downloads by links that were given before.',
    action: 'Stop, and ask the operator for more time.',
  },
  signed_out: {
    status: 900,
    http: 401,
    msg: 'You are not signed in, or not any more.',
    action: 'Sign in again.',
  },
  sign_in_failed: {
    status: 900,
    http: 401,
    msg: 'The e-mail or the password is wrong.',
    action: 'Check both; who has lost the password asks the operator for a link to set a new one.',
  },
  second_factor_needed: {
    status: 900,
    http: 401,
    msg: 'The code of your second factor is needed.',
    action: 'Send the code that your app shows, or a recovery code, as `code`.',
  },
  second_factor_wrong: {
    status: 900,
    http: 401,
    msg: 'The code of your second factor is wrong or used.',
    action:
      'Wait for the next code of your app and send that, or a recovery code; check the clock of your device.',
  },
  current_password_wrong: {
    status: 900,
    http: 403,
    msg: 'The current password is wrong.',
    action: 'Send the password that you sign in with now.',
  },
  second_factor_unreadable: {
    status: 900,
    http: 503,
    msg: 'The codes of your second factor cannot be checked on this server at the moment; a recovery code can.',
    when: 'The secret is sealed with another SECRETS_KEY than the server has.',
    action:
      'Send a recovery code. The operator puts the key that it was sealed with into SECRETS_KEYS_OLD, or hands out a ' +
      'link of `./obb user reset`, which turns the second factor off.',
  },
  passkey_refused: {
    status: 900,
    http: 401,
    msg: 'This passkey was not accepted.',
    when: 'It is not known, was removed, has taken too long, or is for another address.',
    action: 'Try again. If it lasts, sign in by password, remove the passkey in the profile and add it anew.',
  },
  passkey_unavailable: {
    status: 900,
    http: 409,
    msg: 'Passkeys do not work at this address.',
    when: 'Browsers have them over HTTPS by a name, and at localhost; never by an IP address.',
    action:
      'Open the portal by its name over HTTPS, which is PUBLIC_API_URL where that is set, or as localhost; behind a ' +
      'reverse proxy set TRUSTED_PROXIES or PUBLIC_API_URL.',
  },
  operator_needed: {
    status: 900,
    http: 403,
    msg: 'This is for operators only.',
    action: 'Sign in as an operator, or ask one.',
  },
  view_read_only: {
    status: 900,
    http: 403,
    msg: 'You look on as somebody else: nothing can be changed or downloaded.',
    action: 'End the view, by the banner above each page; then do it as yourself.',
  },
  origin_foreign: {
    status: 900,
    http: 403,
    msg: 'This may be asked by pages of this server only.',
    action: 'Open the portal by the address of this server; programs use a key and the external API.',
  },
  set_up_code_wrong: {
    status: 900,
    http: 403,
    msg: 'The set-up code is wrong.',
    action: 'Take the code that the terminal of `npm start` shows.',
  },
  set_up_done: {
    status: 900,
    http: 403,
    msg: 'This server is set up already.',
    action: 'Sign in; who has no account asks an operator for an invitation.',
  },
  link_token_invalid: {
    status: 900,
    http: 404,
    msg: 'This link has been used, taken back, or is too old; ask for a new one.',
    action: 'Ask the operator who sent it for a new one.',
  },
  last_operator: {
    status: 900,
    http: 409,
    msg: 'There would be no operator left; make another one first.',
    action: 'Give another user the role `operator`, then repeat it.',
  },
  oidc_unavailable: {
    status: 900,
    http: 503,
    msg: 'The sign-in service cannot be asked at the moment.',
    action: 'Try again in a minute, or sign in another way; `./obb doctor` tells the operator more.',
  },
  oidc_attempt_unknown: {
    status: 900,
    http: 400,
    msg: 'This sign-in has been used, is too old, or was begun in another browser.',
    action: 'Begin again from the sign-in page, and stay in one window.',
  },
  oidc_refused: {
    status: 900,
    http: 403,
    msg: 'The sign-in service did not let you in.',
    action: 'Try again; if it lasts, ask the operator of this server.',
  },
  oidc_email_unverified: {
    status: 900,
    http: 403,
    msg: 'The sign-in service does not vouch for your e-mail.',
    action: 'Confirm the e-mail there, then sign in again.',
  },
  oidc_account_unknown: {
    status: 900,
    http: 403,
    msg: 'There is no account for you on this server.',
    action:
      'Ask the operator for an invitation; who has an account signs in to it and links it in the profile.',
  },
  oidc_link_needed: {
    status: 900,
    http: 403,
    msg: 'There is an account with your e-mail; link it first.',
    action: 'Sign in as before, and link it under Profile, Password.',
  },
  oidc_linked_elsewhere: {
    status: 900,
    http: 409,
    msg: 'It is linked to another account, or this account to another one there.',
    action: 'Unlink the other one first, or sign in there as somebody else.',
  },
  last_sign_in_way: {
    status: 900,
    http: 409,
    msg: 'There would be no way left to sign in; choose a password first.',
    action: 'Have the operator make a link to set a password, then repeat it.',
  },
  authorization_pending: {
    status: 900,
    http: 400,
    msg: 'Nobody has answered this code yet.',
    error: 'authorization_pending',
    retryInSeconds: 5,
    action: 'Ask again after `retry_in_seconds`.',
  },
  slow_down: {
    status: 900,
    http: 400,
    msg: 'This code was asked for too early.',
    error: 'slow_down',
    retryInSeconds: 10,
    action: 'Wait 5 seconds longer between two requests from now on, as `retry_in_seconds` says.',
  },
  expired_token: {
    status: 900,
    http: 400,
    msg: 'This code has been used, is too old, or was never given.',
    error: 'expired_token',
    action: 'Begin anew with `POST /device/code`.',
  },
  access_denied: {
    status: 900,
    http: 400,
    msg: 'This client was not allowed to have a key.',
    error: 'access_denied',
    action: 'Stop; begin anew only if its user asks for it.',
  },
  device_code_unknown: {
    status: 900,
    http: 404,
    msg: 'No client waits under this code, or not any more.',
    action: 'Check the letters; if the client shows another code by now, take that one.',
  },
  mail_off: {
    status: 900,
    http: 409,
    msg: 'This server sends no mails.',
    when: 'One of SMTP_URL and PUBLIC_API_URL is not set: links in mails begin with the latter.',
    action: 'Hand the link over yourself; or set SMTP_URL, MAIL_FROM and PUBLIC_API_URL, and restart.',
  },
  traffic_insufficient: {
    status: 52,
    http: 402,
    msg: 'Not enough traffic left for this file.',
    retryInSeconds: 60,
    when: 'The file is larger than `trafficleft`.',
    action:
      'Ask the operator for traffic, take a smaller file, or end a link whose file is not whole: its charge comes back.',
  },
  host_usage_exceeded: {
    status: 54,
    http: 429,
    msg: 'The 24 hour limit for this host is used up.',
    when: 'What was charged for files of this host in the last 24 hours, with this file, is more than its cap.',
    action: 'Wait for `retry_in_seconds`, until enough of the 24 hours has passed; other hosts go on.',
  },
  slots_full: {
    status: 55,
    http: 429,
    msg: 'Too many downloads of this host at once.',
    when: 'As many of your files of this host are fetched and wait as it allows.',
    action: 'Ask again after `retry_in_seconds`, when one of your files of this host is whole.',
  },
  solo_slot_full: {
    status: 56,
    http: 429,
    msg: 'Only one download of this host at a time.',
    when: 'Your account, or this host, fetches one file at a time.',
    action: 'Ask again after `retry_in_seconds`, when your file of this host is whole.',
  },
  url_unsupported: {
    status: 101,
    http: 400,
    msg: 'This URL or host is not supported.',
    when: 'No platform that is switched on takes the link.',
    action: 'Check the link; `GET /hosts` lists the hostnames that are taken. Do not repeat it as it is.',
  },
  folder_given: {
    status: 101,
    http: 400,
    msg: 'This URL is a folder: POST /expand gives the links in it.',
    action:
      'Send it to `POST /expand`, and the links from there one by one; or to `POST /unrestrict/batch` with `expand`.',
  },
  folder_unlisted: {
    status: 101,
    http: 400,
    msg: 'Folders of this host cannot be listed here; give the links of the files in it.',
    action: 'Open the folder in a browser and send the links of its files.',
  },
  several_links: {
    status: 101,
    http: 400,
    msg: 'These are several links; give one, or all to POST /check.',
    when: 'The text has more than one link in it.',
    action: 'Send one link for each request, or all of them to `POST /unrestrict/batch`.',
  },
  size_unknown: {
    status: 101,
    http: 400,
    msg: 'The host does not tell the size of this file.',
    action: 'Do not repeat it: a file of this host is charged by its size, which nobody knows.',
  },
  folder_too_large: {
    status: 900,
    http: 413,
    msg: 'There are too many files in this folder for one request: POST /expand gives the links in it.',
    when: 'A batch with `expand` finds more than 500 files in folders.',
    action: 'List it with `POST /expand` and send its links in several requests.',
  },
  file_blocked: {
    status: 102,
    http: 403,
    msg: 'This file is blocked.',
    when: 'The operator has blocked it, or its host has taken it down.',
    action: 'Do not repeat it. Who thinks that it is a mistake asks the operator.',
  },
  file_restricted: {
    status: 103,
    http: 400,
    msg: 'This file is private or has to be paid for separately.',
    action: 'Do not repeat it: take another copy, or ask its owner for access.',
  },
  nzb_refused: {
    status: 103,
    http: 400,
    msg: 'The site of this NZB link does not give the NZB.',
    when: 'It refuses the key or the account in the link, or a page came in place of the NZB.',
    action:
      'Copy the link from the site again, with a key that is good; or download the NZB in a browser and upload it.',
  },
  file_gone: {
    status: 104,
    http: 404,
    msg: 'This file is offline or does not exist.',
    when: 'Its host says that the file is not there.',
    action: 'Take another link. Repeating it helps only if the file comes back.',
  },
  folder_empty: {
    status: 104,
    http: 404,
    msg: 'There is nothing in this folder.',
    action: 'Check the link: nothing in it can be fetched.',
  },
  link_unknown: {
    status: 104,
    http: 404,
    msg: 'There is no such link.',
    when: "The id was never given, or is another account's.",
    action: 'Send the original link to `POST /unrestrict` again; check that the key is of the same account.',
  },
  link_ended: {
    status: 104,
    http: 410,
    msg: 'This link is no longer valid; request it again.',
    when: 'A download by a link whose time is over, or that was cancelled, blocked or removed.',
    action: 'Send the original link to `POST /unrestrict` again.',
  },
  share_ended: {
    status: 104,
    http: 410,
    msg: 'This shared link is over.',
    when: 'A download by a share whose time or downloads are used up.',
    action: 'Ask whoever shared it for another one.',
  },
  host_unavailable: {
    status: 105,
    http: 503,
    msg: 'The host is not available at the moment.',
    when: 'The host is away, slow or tells us to come later.',
    action: 'Ask again after `retry_in_seconds`; it passes by itself.',
  },
  maintenance: {
    status: 105,
    http: 503,
    msg: 'The server takes no new links for maintenance.',
    when: 'The operator has turned on maintenance. Links that were made before go on, and so do downloads.',
    action: 'Ask again after `retry_in_seconds`; nothing was charged.',
  },
  no_fetcher: {
    status: 105,
    http: 503,
    msg: 'The service is under maintenance.',
    when: 'None of the processes that fetch files is running.',
    action: 'Ask again after `retry_in_seconds`. If it lasts, tell the operator: no fetcher runs.',
  },
  store_full: {
    status: 105,
    http: 503,
    msg: 'There is no room for this file on the server at the moment.',
    when: 'The file does not fit on the disk, beside what is kept for others.',
    action: 'Ask again after `retry_in_seconds`. If it lasts, tell the operator: the disk is full.',
  },
  store_unavailable: {
    status: 105,
    http: 503,
    msg: 'The storage of this server is not available at the moment.',
    action: 'Ask again after `retry_in_seconds`. If it lasts, tell the operator: the storage is away.',
  },
  service_unavailable: {
    status: 105,
    http: 503,
    msg: 'The service is not available at the moment.',
    when: 'The database or the queue is away, or a host has not told of the file in time.',
    action: 'Ask again after `retry_in_seconds`, with the same request; nothing is charged twice.',
  },
  not_ready: {
    status: 105,
    http: 425,
    msg: 'The file is not ready yet.',
    when: 'A download is asked for before the file is whole.',
    action: 'Poll `GET /link/{linkId}` until `download_ready` is true, then begin.',
  },
  not_ready_whole: {
    status: 105,
    http: 425,
    msg: 'The file is not ready yet; reading it meanwhile needs SERVE_WHILE_FETCHING on this server.',
    when: 'A download is asked for before the file is whole, on a server that serves whole files only.',
    action: 'Poll `GET /link/{linkId}` until `download_ready` is true, then begin.',
  },
  upstream_error: {
    status: 106,
    http: 502,
    msg: 'The host answered with an error.',
    when: 'The host answered with something that is no file and no known refusal.',
    action: 'Ask again after `retry_in_seconds`; after several times take another link or tell the operator.',
  },
  server_unreachable: {
    status: 106,
    http: 502,
    msg: 'The server of this link cannot be reached, or breaks off its answers.',
    when: 'The server of a plain link was asked several times and never answered in full.',
    action: 'Check the address in a browser; if it works there, ask again later.',
  },
  pool_exhausted: {
    status: 107,
    http: 429,
    msg: 'No account for this host is available at the moment.',
    when: 'All accounts of the operator for this host rest, are used up or were refused.',
    action: 'Ask again after `retry_in_seconds`: an account rests, or its traffic comes back.',
  },
  pool_empty: {
    status: 107,
    http: 429,
    msg: 'No account for this host is configured; the operator must add one.',
    action: 'Tell the operator that this host needs an account; until then take a link of another host.',
  },
  password_required: {
    status: 109,
    http: 403,
    msg: 'This file needs a password.',
    action: 'Ask the user for the password of the file and send it as `password`.',
  },
  password_wrong: {
    status: 110,
    http: 403,
    msg: 'The password of this file is wrong.',
    action: 'Ask the user for the password again.',
  },
  request_invalid: {
    status: 900,
    http: 400,
    msg: 'The request is not valid.',
    when: 'A field is missing, or is not of its type or in its range; or the body is no JSON.',
    action: 'Change the request: `details` tells what is wrong. Do not repeat it as it is.',
  },
  route_unknown: {
    status: 900,
    http: 404,
    msg: 'There is no such route.',
    action: 'Check the address: the documentation is at `/docs`.',
  },
  resource_unknown: {
    status: 900,
    http: 404,
    msg: 'There is no such resource.',
    action: 'List what there is, and take an id from there.',
  },
  method_not_allowed: {
    status: 900,
    http: 405,
    msg: 'This method is not allowed here.',
    action: 'Take one of the methods in the field `Allow`.',
  },
  conflict: {
    status: 900,
    http: 409,
    msg: 'This exists already.',
    action: 'Look at what is there; `details` tells which it is.',
  },
  account_refused: {
    status: 900,
    http: 422,
    msg: 'The host refuses this account.',
    action: 'Check the credentials; `details` tells what the host said.',
  },
  body_too_large: {
    status: 900,
    http: 413,
    msg: 'The request body is too large.',
    action: 'Send less at once: fewer links, or a smaller file.',
  },
  media_type_unsupported: {
    status: 900,
    http: 415,
    msg: 'The request body must be JSON.',
    action: 'Send JSON, with `Content-Type: application/json`.',
  },
  nzb_expected: {
    status: 900,
    http: 415,
    msg: 'The request body must be an NZB.',
    action: 'Send the NZB as `application/x-nzb`, or as the file of a form.',
  },
  range_unsatisfiable: {
    status: 900,
    http: 416,
    msg: 'The requested range is outside the file.',
    action:
      'Ask for a range within the size that `Content-Range` tells; a file that is complete already needs none.',
  },
  streams_full: {
    status: 900,
    http: 429,
    msg: 'Too many streams of events are open for this account.',
    retryInSeconds: 30,
    action: 'Close one of the streams, or poll instead.',
  },
  rate_limited: {
    status: 900,
    http: 429,
    msg: 'Too many requests.',
    when: 'More requests than the key, or the network, has tokens for.',
    action: 'Wait for `retry_in_seconds`; `RateLimit-Remaining` tells how many requests are left.',
  },
  internal: {
    status: 999,
    http: 500,
    msg: 'Internal error.',
    when: 'A fault of this server.',
    action: 'Ask again after a minute. If it lasts, tell the operator the `X-Request-Id` of the answer.',
  },
} as const satisfies Record<string, RefusalRow>

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
