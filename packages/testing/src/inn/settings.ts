import { join } from 'node:path'

export const PROGRAMS = '/usr/lib/news/bin'
export const GROUP = 'alt.binaries.test'
export const USER = 'reader'
export const PASSWORD = 'reader-secret'
/** crypt(3) of the password, which Node cannot make. */
const PASSWORD_HASH =
  '$6$obbtests$mRSOHuGfRwOArZtcU2wn8o6ApAnli38055Ww56qu7XlZz9xXZUCocF/Du8lkH7sJIzO.w9gBsAC1FO/IR0GpQ0'

const FOLDERS = ['etc', 'db', 'run', 'log', 'tmp', 'filter', 'http'] as const
const SPOOLS = ['articles', 'incoming', 'overview', 'outgoing', 'archive'] as const

/** The directories that INN wants to find. */
export const DIRECTORIES: readonly string[] = [...FOLDERS, ...SPOOLS]

/** PEM, of the server for TLS. */
export interface Certificate {
  key: string
  cert: string
}

/** settings are what INN reads, by path: a server with one group, which whoever logs in may read and post to. */
export function settings(
  directory: string,
  port: number,
  runAs: string,
  { cert, key }: Certificate,
): Record<string, string> {
  const inn = {
    mta: '"/bin/true %s"',
    domain: 'news.example.test',
    nnrpdloadlimit: '0', // it would refuse readers on a busy machine
    pathhost: 'news.example.test',
    ovmethod: 'tradindexed',
    hismethod: 'hisv6',
    enableoverview: 'true',
    maxartsize: '2000000',
    localmaxartsize: '2000000',
    bindaddress: '127.0.0.1',
    port: String(port),
    runasuser: runAs,
    runasgroup: runAs,
    doinnwatch: 'false',
    tlscertfile: join(directory, 'etc/cert.pem'),
    tlskeyfile: join(directory, 'etc/key.pem'),
    pathnews: '/usr/lib/news',
    pathbin: PROGRAMS,
    pathcontrol: join(PROGRAMS, 'control'),
    pathspool: directory,
    ...Object.fromEntries(DIRECTORIES.map((name) => [`path${name}`, join(directory, name)])),
  }
  const group = (name: string, flag: string): string => `${name} 0000000000 0000000001 ${flag}\n`
  const own = ['control', 'control.cancel', 'junk'].map((name) => group(name, 'n'))
  const empty = ['etc/control.ctl', 'etc/moderators', 'etc/distrib.pats', 'db/newsgroups']
  return {
    ...Object.fromEntries([...empty, 'db/active.times', 'db/history'].map((path) => [path, ''])),
    'etc/inn.conf': Object.entries(inn)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(''),
    'etc/cert.pem': cert,
    'etc/key.pem': key,
    'etc/storage.conf': 'method tradspool {\n newsgroups: *\n class: 0\n}\n',
    // Without a site that is fed it does not start.
    'etc/newsfeeds': 'ME:!*::\nsink:*:Tf,Wnm:sink\n',
    // Who is listed here is a server that sends news; readers are everybody else.
    'etc/incoming.conf': 'peer ME {\n hostname: "192.0.2.1"\n}\n',
    'etc/readers.conf':
      `auth "all" {\n hosts: "*"\n auth: "ckpasswd -f ${join(directory, 'etc/users')}"\n}\n` +
      `access "all" {\n users: "${USER}*"\n newsgroups: "*"\n access: RPA\n}\n`,
    'etc/users': `${USER}:${PASSWORD_HASH}\n`,
    'etc/expire.ctl': '/remember/:11\n',
    'db/active': [group(GROUP, 'y'), ...own].join(''),
  }
}
