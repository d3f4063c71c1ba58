import type { RefusalRule } from '../../kit/refusal-rule.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Calls made with a session. */
const SIGNED = ['user/get_info', 'file/get_links'] as const

/**
 * What MediaFire refuses, first fit wins. `at`: the call's name, `link` (one entry of file/get_links), `page`
 * (the website's error page where a direct link may end, whose `errno` is the code), `download`.
 */
export const REFUSALS: readonly RefusalRule[] = [
  {
    at: ['folder/get_content'],
    code: [104, 112],
    kind: 'FILE_GONE',
    message: 'folder does not exist',
  },
  {
    at: ['user/get_session_token'],
    code: [104, 105, 127],
    kind: 'CONFIG',
    message: 'login is signed with another API key or for another application',
  },
  { at: SIGNED, code: [104, 105, 127], kind: 'SESSION_EXPIRED', message: 'session is not accepted' },
  { at: ['page'], code: [320], kind: 'FILE_GONE', message: 'error page says that the file is gone' },
  {
    at: ['page'],
    code: [323, 326, 378, 380, 382, 386, 388],
    kind: 'FILE_BLOCKED',
    message: 'error page says that the file is blocked',
  },
  {
    at: ['page'],
    code: [394],
    kind: 'FILE_RESTRICTED',
    message: 'error page says that the plan of the owner does not allow (more) downloads of the file',
  },
  {
    at: ['download', 'page'],
    text: ['malwareadvisory', 'malware advisory', 'dangerous_file'],
    kind: 'FILE_BLOCKED',
    message: 'website warns of malware in the file',
  },
  {
    at: ['download', 'page'],
    text: ['temporarily unavailable'],
    kind: 'HOST_TEMP',
    message: 'website says that the file is temporarily unavailable',
    retryAfterMs: 10 * MINUTE,
  },
  { at: ['page'], code: [999], kind: 'FILE_RESTRICTED', message: 'error page says that the file is private' },
  { code: [100, 101, 163], kind: 'HOST_TEMP', message: 'host has an internal error', retryAfterMs: MINUTE },
  { code: [261], kind: 'RATE_LIMITED', message: 'calls come too fast', retryAfterMs: MINUTE },
  {
    code: [102, 103, 109, 145, 146],
    kind: 'CONFIG',
    message: 'application id or API key is not accepted',
  },
  { code: [107, 108], kind: 'ACCOUNT_INVALID', message: 'e-mail or password is wrong' },
  { code: [110, 111, 209, 210], kind: 'FILE_GONE', message: 'file does not exist' },
  { code: [114], kind: 'FILE_RESTRICTED', message: 'access is denied' },
  { code: [128, 129], kind: 'UNEXPECTED', message: 'a parameter of the call is missing or wrong' },
  { code: [130, 173], kind: 'ACCOUNT_NOT_PREMIUM', message: 'account is not premium' },
  {
    code: [149, 155, 156, 157],
    kind: 'ACCOUNT_QUOTA',
    message: 'bandwidth of the account is used up',
    retryAfterMs: HOUR,
  },
  {
    code: [161, 165],
    kind: 'FILE_BLOCKED',
    message: 'file was removed or is against the terms',
  },
  { code: [162], kind: 'UNEXPECTED', message: 'storage of the account is full' },
  { code: [208], kind: 'HOST_TEMP', message: 'host is busy with the file', retryAfterMs: 30 * SECOND },
  {
    at: ['link'],
    text: ['lacks permission'],
    kind: 'FILE_RESTRICTED',
    message: 'account may not have this file',
  },
  {
    at: ['download'],
    status: [401, 403, 404, 410],
    kind: 'LINK_EXPIRED',
    message: 'direct link is not valid any more',
  },
]
