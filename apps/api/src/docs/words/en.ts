import type { Words } from './words.js'

export const EN: Words = {
  language: 'en',
  name: 'English',
  title: 'OBB API, version 1',
  adminTitle: 'OBB admin API, version 1',
  lead: 'Send a link of a file host, wait until this server has the file, and download it from here: fast, in ranges, and resumable. This page has all that a client needs.',
  adminLead:
    'What operators read and change, as `./obb` does it. Every request has the operator’s token: `Authorization: Bearer …`. Requests that change something stand in the audit log.',
  toContent: 'Skip to the content',
  contents: 'Contents',
  toTop: 'Back to the top',
  start: {
    title: 'Before you start',
    address: 'Address of this API',
    downloads: 'Downloads come from',
    openapi: 'The same for programs: OpenAPI 3.0',
    tryIt: 'A form to ask it from, for who is signed in to the portal',
    keyTitle: 'Your key',
    key: [
      'Every call needs a key, in one of two fields: `Authorization: Bearer obb_…` or `X-Api-Key: obb_…`.',
      'A key has exactly 36 characters and begins with `obb_`. Whoever runs this server makes it; it is shown once. After a rotation the old key fails with the very next request.',
      'A key may be limited, where it is made: to looking (`read`), to having links made and ended (`submit`), to being told download addresses (`download`); to networks; to a time.',
      'Downloads need no key: the address of a download is the permission. Treat it as a secret.',
    ],
    envelopeTitle: 'Every answer',
    envelope: [
      'Requests and answers are JSON in UTF-8. A success has what you asked for in `data`; a failure has a number that never changes its meaning, and says what to do.',
      'Sizes are bytes and times are seconds unless the name says otherwise; numbers are exact up to 2^53. Ignore fields that you do not know: answers may get more of them, and none is renamed or removed in this version.',
      'Pages in a browser may call from any origin (CORS), without cookies.',
    ],
  },
  flow: {
    title: 'From a link to a file',
    lead: 'Five steps, of which most clients need the first three. `OBB_KEY` is your key.',
    steps: [
      {
        title: 'Submit the link',
        text: 'You get a `linkId` within seconds, and its size is charged. Sending the same link again returns the same one (`reusedExisting`) and charges nothing, so a request may be repeated safely.',
      },
      {
        title: 'Poll until it is ready',
        text: 'Ask again after `poll_after_seconds`, not sooner. Stop when `download_ready` is true, or when `remote_status` is `error`: then the charge comes back by itself.',
      },
      {
        title: 'Download',
        text: 'Take `link` as it is, without a key, with up to `maxchunks` connections at once. `hashes` are of the whole file.',
      },
      {
        title: 'Resume',
        text: 'Keep `link` over pauses and restarts, also for days: the bytes behind it never change. When it answers 404 or 410, submit the original link again; while the link is valid this is free.',
      },
      {
        title: 'End it, if you no longer want it',
        text: 'Ending a link before its file is whole gives its traffic back. Links end by themselves at `expires_at`.',
      },
    ],
  },
  download: {
    title: 'What downloads can do',
    notes: [
      '`GET` and `HEAD`, with `Range` (several ranges too), `If-Range`, `If-None-Match` and `If-Modified-Since` as in RFC 9110. `ETag` is strong, `Content-Length` exact, and nothing is compressed on the way.',
      'Up to `maxchunks` and two more connections of a link are served at once; the next ones wait, and get 503 with `Retry-After` when it takes long.',
      'Hashes stand in the headers, for clients that verify them: `Digest`, `Repr-Digest`, `X-Goog-Hash`, and `Content-MD5` where this server computes MD5.',
      'The same address with `.meta4` at its end is a Metalink: name, size, hashes, and hashes of pieces with which aria2 repairs a file.',
      'With `?inline=1` a browser shows films, songs, pictures and PDFs in place of saving them; never HTML or SVG.',
      'Failures are JSON in the same envelope: 425 while the file is not ready, 410 for a link that has ended, 404 for one that never was.',
    ],
  },
  states: {
    title: 'States of a link',
    lead: '`remote_status` has the first four; `state` in `GET /links` tells those apart that ended without a failure.',
    meanings: {
      pending: {
        meaning: 'It waits: for its turn, for a free account, or until its host is back.',
        action: 'Poll on; the interval grows by itself.',
      },
      downloading: {
        meaning:
          'This server fetches the file; `progress`, `speed_bps` and `eta_seconds` tell how far it is.',
        action: 'Poll on.',
      },
      done: {
        meaning: 'The whole file lies here, and `link` leads to it.',
        action: 'Download it; stop polling.',
      },
      error: {
        meaning:
          'It failed for good, or ended. `error` says why; what was charged has come back if the file was not whole.',
        action: 'Stop polling and do what `error.action` says. A new request makes a new attempt.',
      },
      ended: {
        meaning: 'Its time is over, or it was cancelled or removed. Seen in lists only.',
        action: 'Submit the original link again if you still want the file.',
      },
    },
  },
  calls: {
    groups: {
      links: 'Links',
      inquiries: 'Before you submit',
      account: 'Your account, and the hosts',
      device: 'A key for a client without a browser',
    },
    parameters: 'Parameters',
    body: 'Body',
    binary: 'The body is the file itself, or a form with it:',
    answer: 'Answer, in `data`',
    same: (what) => `The same as of ${what}.`,
    sameAnd: (what) => `The same as of ${what}, and:`,
    exampleRequest: 'Request',
    exampleAnswer: 'Answer',
    failures: 'Failures',
    everyCall: 'As every call:',
    required: 'required',
    optional: 'optional',
    nullable: 'or null',
    defaultValue: 'default',
    anyName: 'any name',
  },
  types: {
    integer: 'integer',
    number: 'number',
    string: 'text',
    boolean: 'true or false',
    object: 'object',
    array: 'list',
    any: 'any value',
    binary: 'file',
    characters: (range) => `${range} characters`,
    entries: (range) => `${range} entries`,
    formats: { 'date-time': 'time, ISO 8601', email: 'e-mail', uri: 'URL', uuid: 'UUID' },
  },
  failures: {
    title: 'Failures',
    lead: [
      'Go by `status`; `msg` and `action` are for people, and constant for each cause: in English, or in Chinese where `Accept-Language` asks for it. `retry_in_seconds` is there where asking again makes sense, and `Retry-After` says the same.',
      'A key can be marked “errors as HTTP 200”: its failures then come with HTTP 200 and the same body, all but 401, 403 and 404. It is meant for JDownloader.',
    ],
    http: 'HTTP',
    action: 'What to do',
  },
  clients: {
    title: 'Notes for clients',
    lead: '`{link}` is the `link` of an answer.',
    list: [
      {
        id: 'jdownloader',
        name: 'JDownloader',
        notes: [
          'Paste the key where it asks for an account of this service; it takes keys of exactly 36 characters.',
          'It reads why something failed only with HTTP 200, 401, 403 or 404. Have your key marked “errors as HTTP 200”, or it waits 10 minutes, and an hour for the account, without saying why.',
          'After 52, 55 or 56 it pauses the whole account for `retry_in_seconds`. After 109 and 110 it asks for the password.',
          'It polls a link at most 60 times; `poll_after_seconds` is chosen such that this suffices.',
          'It verifies hashes from the headers by itself.',
        ],
      },
      {
        id: 'pyload',
        name: 'pyLoad',
        notes: [
          'Add `{link}` as a plain download. It resumes by ranges, with as many connections as you allow it.',
          'It saves the body of an answer 429 as if it were the file; downloads here never answer 429.',
        ],
      },
      {
        id: 'aria2',
        name: 'aria2',
        notes: [
          '`-x` and `-s` up to `maxchunks`; `-c` goes on where it was. It verifies SHA-256 by the `Digest` header.',
          'With the Metalink it verifies piece by piece, and fetches only broken ones again.',
        ],
        code: "aria2c -c -x16 -s16 '{link}'\naria2c -V '{link}.meta4'",
      },
      {
        id: 'curl',
        name: 'curl',
        notes: [
          '`-C -` goes on where it was, and `-f` makes a failure an exit code. Do not use `-f` with a key that has errors as HTTP 200: read `success` there.',
        ],
        code: "curl -f -C - -o holiday.mkv '{link}'",
      },
      {
        id: 'rclone',
        name: 'rclone',
        notes: ['`copyurl` puts a file straight into any of its storages, without a detour over your disk.'],
        code: "rclone copyurl --auto-filename '{link}' remote:downloads",
      },
    ],
  },
  changes: {
    title: 'Changes',
    list: [
      {
        date: '2026-11-29',
        text: '`action` says in every failure what to do about it. `GET /events` tells what changes as it changes, `GET /links` lists your links, `GET /usage` and `GET /ledger` tell where your traffic went; `POST /unrestrict/batch` takes up to 500. `DELETE /link/{linkId}` ends links to whole files, too. 109 and 110 come with HTTP 403. A link waits as `pending` while its host is away. NZBs may be packed with bzip2 and ZIP; `missing_bytes` tells of lost articles. Any origin may call (CORS). Keys may have scopes, networks and an end. `package` names links that belong together, and `POST /links/{linkId}/shares` shares one with others.',
      },
      {
        date: '2026-11-24',
        text: '`POST /expand` lists folders, `POST /nzb` takes uploads. Downloads have Metalinks and hashes in their headers.',
      },
      {
        date: '2026-11-23',
        text: 'Version 1: `/account`, `/hosts`, `/hosts/grouped`, `/unrestrict`, `/link/{linkId}`, `/explain`, `/check`.',
      },
    ],
  },
  summaries: {},
}
