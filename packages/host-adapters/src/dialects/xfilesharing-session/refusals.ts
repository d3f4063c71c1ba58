import type { RefusalRule } from '../../kit/refusal-rule.js'
import { DOWNLOAD_REFUSALS } from '../xfilesharing/refusals.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * What pages of the script refuse, first fit wins. `at`: `account`, `file` (the page of a file, and what its form
 * answers) or `download`. A page is asked only where it has neither a form nor a link to the file.
 */
export const REFUSALS: readonly RefusalRule[] = [
  ...DOWNLOAD_REFUSALS,
  {
    text: ['just a moment...', 'checking your browser', 'enable javascript and cookies to continue'],
    kind: 'EGRESS_BLOCKED',
    message: 'site wants a browser to be checked: its cookies hold with its User-Agent and its address only',
    retryAfterMs: 30 * MINUTE,
  },
  {
    at: ['file'],
    text: [/\b(removed|deleted|blocked|disabled)\b.{0,30}\b(copyright|dmca|legal|infring)/],
    kind: 'FILE_BLOCKED',
    message: 'file is withheld for legal reasons',
  },
  {
    at: ['file'],
    text: [
      'file not found',
      'no such file',
      'file was deleted',
      'file was removed',
      'file has been removed',
      'file you were looking for could not be found',
      'file could not be found',
      'file expired',
    ],
    kind: 'FILE_GONE',
    message: 'file does not exist',
  },
  {
    at: ['file'],
    text: ['wrong password'],
    kind: 'FILE_PASSWORD_WRONG',
    message: 'password of the file is wrong',
  },
  {
    at: ['file'],
    text: [
      'download-limit',
      'not enough traffic',
      /\btraffic (limit )?(is )?(exceeded|used up|exhausted)/,
      'reached your download limit',
      'reached the maximum limit',
    ],
    kind: 'ACCOUNT_QUOTA',
    message: 'traffic of the account is used up for now',
    retryAfterMs: 4 * HOUR,
  },
  {
    at: ['file'],
    text: [
      /\b(available|allowed|downloadable|downloaded)\b.{0,30}\bpremium\b/,
      /\b(only|just) (for|to|by) premium\b/,
      'for premium users only',
      /\bfree users can('|no)?t? ?(only )?download\b/,
    ],
    kind: 'ACCOUNT_NOT_PREMIUM',
    message: 'file is for premium accounts',
  },
  { at: ['file'], status: [404, 410], kind: 'FILE_GONE', message: 'page of the file does not exist' },
  {
    at: ['file'],
    status: [451],
    kind: 'FILE_BLOCKED',
    message: 'page of the file is withheld for legal reasons',
  },
]
