import { m } from '../shared/text.js'

/** What is set in a client, filled in: lines to read, and what to copy. */
interface ClientSettings {
  steps: string[]
  /** Name of a field, and what goes into it. */
  fields?: [string, string][]
  command?: string
}

export interface Client {
  id: string
  name: string
  what: () => string
  /** Of the key that is made for it. */
  errorsAs200?: boolean
  /** `server`: address of this server, without a slash at the end. */
  settings: (server: string, apiKey: string) => ClientSettings
}

const API = '/api/external/v1'

/** The programs that people connect, with what goes where. */
export const CLIENTS: Client[] = [
  {
    id: 'jdownloader',
    name: 'JDownloader',
    what: m.client_jdownloader,
    errorsAs200: true,
    settings: (server, apiKey) => ({
      steps: [m.client_jdownloader_1(), m.client_jdownloader_2(), m.client_jdownloader_3()],
      fields: [
        [m.client_server(), server],
        [m.client_key(), apiKey],
      ],
    }),
  },
  {
    id: 'pyload',
    name: 'pyLoad',
    what: m.client_pyload,
    settings: (server, apiKey) => ({
      steps: [m.client_pyload_1(), m.client_pyload_2()],
      command: `${readyLinks(server, apiKey)} > obb-links.txt`,
    }),
  },
  {
    id: 'curl',
    name: 'curl',
    what: m.client_curl,
    settings: (server, apiKey) => ({
      steps: [m.client_curl_1(), m.client_curl_2({ path: `GET ${API}/link/{linkId}` })],
      command: [
        `curl -sS ${server}${API}/unrestrict \\`,
        `  -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' \\`,
        `  -d '{"url":"https://…"}'`,
      ].join('\n'),
    }),
  },
  {
    id: 'obb',
    name: './obb',
    what: m.client_obb,
    settings: (server, apiKey) => ({
      steps: [m.client_obb_1()],
      command: `OBB_API=${server} OBB_KEY=${apiKey} ./obb get 'https://…'`,
    }),
  },
  {
    id: 'aria2',
    name: 'aria2',
    what: m.client_aria2,
    settings: (server, apiKey) => ({
      steps: [m.client_aria2_1()],
      command: `${readyLinks(server, apiKey)} \\\n  | aria2c -c -x 16 -s 16 -i -`,
    }),
  },
  {
    id: 'rclone',
    name: 'rclone',
    what: m.client_rclone,
    settings: (server, apiKey) => ({
      steps: [m.client_rclone_1()],
      command: [
        `${readyLinks(server, apiKey)} \\`,
        `  | xargs -I{} rclone copyurl --auto-filename '{}' REMOTE:downloads`,
      ].join('\n'),
    }),
  },
]

/** The part of a command that tells where the latest files are that are ready, a line each. */
function readyLinks(server: string, apiKey: string): string {
  return [
    `curl -sS '${server}${API}/links?state=done' -H 'Authorization: Bearer ${apiKey}' \\`,
    `  | jq -r '.data.links[].link // empty'`,
  ].join('\n')
}
