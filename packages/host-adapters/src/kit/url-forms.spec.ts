import { beforeAll, describe, expect, it } from '@jest/globals'
import { type HostRegistry, loadRegistry } from './registry.js'

/** One file or folder, and the public forms of its links. */
interface Forms {
  platform: string
  id: string
  kind?: 'file' | 'folder'
  forms: readonly string[]
}

const MEGA_KEY = 'EBAQEBAQEBDWA2YI_Dcb1hAREhMUFRYX3gpsA_A6Fdk'
const MEGA_FOLDER_KEY = 'AAECAwQFBgcICQoLDA0ODw'
const HASH = '0123456789abcdef0123456789abcdef'
const TURBO = 'x7k2m9p1q0ab'
const XFS = 'abcdef123456'
const UUID = '8f14e45f-ceea-467f-a0e6-a1b2c3d4e5f6'

const each = (hosts: readonly string[], paths: readonly string[]) =>
  hosts.flatMap((host) => paths.map((path) => `https://${host}${path}`))

const turboForms = (hosts: readonly string[], page: string) =>
  each(hosts, [
    ...[`/${TURBO}.html`, `/${TURBO}`, `/${TURBO}/`, `/${TURBO}/name.rar`, `/${TURBO}/name.rar.html`],
    ...[`/${TURBO}/name%20of%20it.part01.rar.html`, `/download/free/${TURBO}`, `/download/free/${TURBO}/`],
    ...[
      `/download/redirect/0123456789ABCDEF/${TURBO}/name.rar`,
      `/download/started/${TURBO}`,
      `/download/redirect/0123456789ABCDEF/${TURBO}`,
      `//download/redirect/0123456789ABCDEF/${TURBO}`,
    ],
    ...[
      `/en/${TURBO}.html`,
      `/ru/${TURBO}/name.html`,
      `/en/download/free/${TURBO}`,
      `/${TURBO}.html?pub=1#x`,
      page,
    ],
  ])

const xfsForms = (hosts: readonly string[]): string[] =>
  each(hosts, [
    ...[
      `/${XFS}`,
      `/${XFS}/`,
      `/${XFS}.html`,
      `/${XFS}/name.rar`,
      `/${XFS}/name.rar.html`,
      `/${XFS}/dir/name.rar`,
    ],
    ...[`/f/${XFS}`, `/v/${XFS}`, `/w/${XFS}/name.mkv`],
    ...[`/d/${XFS}`, `/e/${XFS}`, `/embed-${XFS}.html`, `/embed-${XFS}-640x360.html`, `/${XFS}?aff=1#x`],
  ])

const xfs = (platform: string, ...hosts: readonly string[]): Forms[] => [
  { platform, id: XFS, forms: xfsForms([...hosts, `www.${hosts[0]}`, `m.${hosts[0]}`]) },
  { platform, id: 'd-4bkm', forms: each(hosts, ['/d/4bkm', '/d/4bkm/', '/d/4bkm/name.rar']) },
]

const keep2share = (platform: string, ...hosts: readonly string[]): Forms[] => [
  {
    platform,
    id: '0123456789abc',
    forms: each(
      [...hosts, `www.${hosts[0]}`, `m.${hosts[0]}`],
      [
        ...[
          '/file/0123456789abc',
          '/file/0123456789ABC',
          '/file/0123456789abc/',
          '/file/0123456789abc/name.rar',
        ],
        ...[
          '/file/0123456789abc/a/b',
          '/f/0123456789abc',
          '/file/info/0123456789abc',
          '/preview/0123456789abc',
        ],
        ...['/file/0123456789abc/name.rar?site=one.test', '/file/%30123456789abc'],
      ],
    ),
  },
  {
    platform,
    id: '0123456789abc',
    kind: 'folder',
    forms: each(hosts, ['/folder/0123456789abc', '/folder/0123456789abc/x']),
  },
]

const CORPUS: readonly Forms[] = [
  {
    platform: 'Mega',
    id: 'AbCdEf1_',
    forms: each(
      ['mega.nz', 'mega.co.nz', 'www.mega.nz', 'mega.io'],
      [
        ...[`/file/AbCdEf1_#${MEGA_KEY}`, `/file/AbCdEf1_%23${MEGA_KEY}`, `/file/AbCdEf1_!${MEGA_KEY}`],
        ...[`/file/!AbCdEf1_!${MEGA_KEY}`, `/embed/AbCdEf1_#${MEGA_KEY}`, `/embed/!AbCdEf1_!${MEGA_KEY}`],
        ...[`/embed/AbCdEf1_!${MEGA_KEY}`, `/#!AbCdEf1_!${MEGA_KEY}`, `/%23!AbCdEf1_!${MEGA_KEY}`],
        ...[`/embed#!AbCdEf1_!${MEGA_KEY}`, `/embed/#!AbCdEf1_!${MEGA_KEY}`, `/file/AbCdEf1_#${MEGA_KEY}=`],
        ...[`/file/AbCdEf1_#${MEGA_KEY}xyz`, `/#!AbCdEf1_!${MEGA_KEY}==`, `/#%21AbCdEf1_%21${MEGA_KEY}`],
        ...[`/#!AbCdEf1_!${MEGA_KEY}abc`, '/file/AbCdEf1_', '/#!AbCdEf1_', `/file/AbCdEf1_#!${MEGA_KEY}`],
      ],
    ).concat(
      `https://mega.app/file/AbCdEf1_#${MEGA_KEY}`,
      `https://mega.nz/embed/AbCdEf1_#${MEGA_KEY}!30s1a1m`,
      `https://mega.nz/file/AbCdEf1_#${MEGA_KEY}?utm_source=x`,
      `https://mega.nz/#!AbCdEf1_!${MEGA_KEY}!30s`,
      `mega:#!AbCdEf1_!${MEGA_KEY}`,
      `mega://#!AbCdEf1_!${MEGA_KEY}`,
      `mega:file/AbCdEf1_#${MEGA_KEY}`,
    ),
  },
  {
    platform: 'TransferIt',
    id: 'yhWbjogXxRLL',
    kind: 'folder',
    forms: each(
      ['transfer.it', 'www.transfer.it'],
      ['/t/yhWbjogXxRLL', '/t/yhWbjogXxRLL/', '/t/yhWbjogXxRLL?utm_source=x'],
    ),
  },
  {
    platform: 'TransferIt',
    id: 'yhWbjogXxRLL/qgxVBD5D',
    forms: [
      ...each(['transfer.it'], ['/t/yhWbjogXxRLL#qgxVBD5D', '/t/yhWbjogXxRLL%23qgxVBD5D']),
      ...each(
        ['transfer.it', 'bt7.api.mega.co.nz'],
        [
          '/cs/g?x=yhWbjogXxRLL&n=qgxVBD5D&fn=start_linux.sh',
          '/cs/g?n=qgxVBD5D&x=yhWbjogXxRLL&pw=token',
          '/cs/g?x=yhWbjogXxRLL&n=qgxVBD5D',
        ],
      ),
    ],
  },
  {
    platform: 'Mega',
    id: 'AbCdEf1_',
    kind: 'folder',
    forms: each(
      ['mega.nz', 'mega.co.nz'],
      [
        ...[`/folder/AbCdEf1_#${MEGA_FOLDER_KEY}`, `/folder/AbCdEf1_%23${MEGA_FOLDER_KEY}`],
        ...[`/folder/AbCdEf1_!${MEGA_FOLDER_KEY}`, `/#F!AbCdEf1_!${MEGA_FOLDER_KEY}`, '/folder/AbCdEf1_'],
        ...[`/%23F!AbCdEf1_!${MEGA_FOLDER_KEY}`, `/folder/AbCdEf1_#${MEGA_FOLDER_KEY}==`],
        ...[`/folder/AbCdEf1_#${MEGA_FOLDER_KEY}abcd`, `/#F!AbCdEf1_!${MEGA_FOLDER_KEY}abcd`],
      ],
    ).concat(`mega:#F!AbCdEf1_!${MEGA_FOLDER_KEY}`),
  },
  {
    platform: 'Mega',
    id: 'AbCdEf1_/aB-dEf12',
    forms: each(
      ['mega.nz'],
      [
        ...[
          `/folder/AbCdEf1_#${MEGA_FOLDER_KEY}/file/aB-dEf12`,
          `/folder/AbCdEf1_%23${MEGA_FOLDER_KEY}/file/aB-dEf12`,
        ],
        `/#F!AbCdEf1_!${MEGA_FOLDER_KEY}?aB-dEf12`,
      ],
    ),
  },
  {
    platform: 'OneFichier',
    id: 'abcde12345',
    forms: each(
      ['1fichier.com', 'www.1fichier.com'],
      [
        ...['/?abcde12345', '?abcde12345', '/?abcde12345/', '/?abcde12345/name.rar', '/?abcde12345='],
        ...[
          '/?abcde12345&af=1',
          '/?af=1&abcde12345',
          '/en/?abcde12345',
          '/?abcde12345#x',
          '/?abcde12345?af=1',
          '/?abcde12345%26af=1',
          '/%3Fabcde12345',
          '/en/?abcde12345&af=1&inline',
          '/index.html?abcde12345',
        ],
      ],
    ).concat(
      each(
        ['abcde12345.1fichier.com', 'www.abcde12345.1fichier.com'],
        ['', '/', '/en/', '/en/index.html', '/fr'],
      ),
    ),
  },
  {
    platform: 'OneFichier',
    id: 'dir/AbCd1234',
    kind: 'folder',
    forms: each(
      ['1fichier.com'],
      ['/dir/AbCd1234', '/dir/AbCd1234/', '/en/dir/AbCd1234', '/dir/en/AbCd1234?x=1'],
    ),
  },
  {
    platform: 'MediaFire',
    id: 'abcde1234567890',
    forms: each(
      ['mediafire.com', 'www.mediafire.com', 'm.mediafire.com', 'mfi.re', 'app.mediafire.com'],
      [
        ...[
          '/file/',
          '/file_premium/',
          '/download/',
          '/view/',
          '/listen/',
          '/watch/',
          '/download_repair/',
        ].flatMap((word) => [
          `${word}abcde1234567890`,
          `${word}abcde1234567890/a.rar`,
          `${word}?abcde1234567890`,
        ]),
        ...[
          '/file/abcde1234567890/a%20b.rar/file',
          '/?abcde1234567890',
          '?abcde1234567890',
          '/i/?abcde1234567890',
        ],
        ...['/i?abcde1234567890', '/download.php?abcde1234567890', '/?quickkey=abcde1234567890'],
        ...['/imageview.php?quickkey=abcde1234567890', '/view?abcde1234567890', '/file/ABCDE1234567890'],
      ],
    ).concat(
      'https://download123.mediafire.com/tok3n/abcde1234567890/a.rar',
      'https://mfi.re/abcde1234567890',
      'https://app.mediafire.com/abcde1234567890',
    ),
  },
  {
    platform: 'MediaFire',
    id: 'abcde12345678',
    kind: 'folder',
    forms: each(
      ['mediafire.com', 'www.mediafire.com', 'app.mediafire.com', 'mfi.re'],
      [
        ...[
          '/folder/abcde12345678',
          '/folder/abcde12345678/name',
          '/?abcde12345678',
          '/folder/?abcde12345678',
        ],
        '/?sharekey=abcde12345678',
      ],
    ).concat('https://app.mediafire.com/abcde12345678', 'https://app.mediafire.com/abcde12345678/'),
  },
  {
    platform: 'TurboBit',
    id: TURBO,
    forms: turboForms(
      [
        ...[
          'turbobit.net',
          'www.turbobit.net',
          'm.turbobit.net',
          'new.turbobit.net',
          'app.turbobit.net',
          'turb.to',
        ],
        ...[
          'turb.cc',
          'turb.pw',
          'turbo.to',
          'turbo.cc',
          'trbt.cc',
          'trbbt.net',
          'turbobit.cc',
          'turbobit.com',
        ],
        ...['turbobit5.cc', 'turbobit5.pw', 'turbobi.pw'],
      ],
      `/${TURBO}/a/b.html`,
    ),
  },
  {
    platform: 'TurboBit',
    id: 'folder-123',
    kind: 'folder',
    forms: ['https://turbobit.net/download/folder/123'],
  },
  {
    platform: 'HitFile',
    id: TURBO,
    forms: turboForms(
      ['hitfile.net', 'www.hitfile.net', 'm.hitfile.net', 'hil.to', 'hitf.to', 'hitf.cc'],
      `/${TURBO}/a/b`,
    ),
  },
  {
    platform: 'HitFile',
    id: 'A1b2',
    forms: each(['hitfile.net', 'hitf.to'], ['/A1b2', '/A1b2/name.rar', '/A1b2.html']),
  },
  {
    platform: 'HitFile',
    id: 'KMGyUBR',
    forms: each(['hitfile.net', 'hil.to'], ['/KMGyUBR', '/KMGyUBR/a.rar']),
  },
  ...xfs('SendNow', 'send.now', 'send.cm', 'sendit.cloud', 'tusfiles.net', 'userscloud.com', 'usercdn.com'),
  {
    platform: 'SendNow',
    id: 'folder-AbC12',
    kind: 'folder',
    forms: each(['send.now', 'send.cm'], ['/s/AbC12', '/s/AbC12/']),
  },
  ...xfs('Ddownload', 'ddownload.com', 'ddl.to', 'ucdn.to'),
  ...xfs('DropDownload', 'drop.download', 'dropapk.to', 'dropapk.com', 'fastclick.to', 'mixloads.com'),
  ...xfs('Katfile', 'katfile.biz', 'katfile.com', 'katfile.cloud', 'katfile.online', 'katfile.vip'),
  ...xfs('HotlinkCc', 'hotlink.cc'),
  ...xfs('Datanodes', 'datanodes.to'),
  ...xfs('FastFile', 'fastfile.cc'),
  ...xfs('FileAxa', 'fileaxa.com'),
  ...xfs('IsraCloud', 'isra.cloud'),
  ...xfs('Filestore', 'filestore.me'),
  ...xfs('DailyUploads', 'dailyuploads.net'),
  ...xfs('ClicknUpload', 'clicknupload.click', 'clicknupload.to', 'clickndownload.org'),
  {
    platform: 'GoFile',
    id: 'AbC123',
    kind: 'folder',
    forms: each(
      ['gofile.io', 'www.gofile.io', 'm.gofile.io'],
      ['/d/AbC123', '/d/AbC123/', '/?c=AbC123', '/#download#AbC123', '/d/AbC123/x'],
    ),
  },
  {
    platform: 'GoFile',
    id: UUID,
    kind: 'folder',
    forms: [
      ...each(['gofile.io'], [`/d/${UUID}`, `/?c=${UUID}`]),
      ...each(
        ['store1.gofile.io', 'file-eu-par-1.gofile.io'],
        ['web', 'direct'].map((way) => `/download/${way}/${UUID}/a.rar`),
      ),
      `https://store5.gofile.io/download/${UUID}/a.rar`,
    ],
  },
  {
    platform: 'PixelDrain',
    id: 'aB3dE5gH',
    forms: each(
      ['pixeldrain.com', 'www.pixeldrain.com', 'pixeldrain.net', 'pixeldra.in', 'pixeldrain.dev'],
      [
        ...['/u/aB3dE5gH', '/u/aB3dE5gH/', '/aB3dE5gH', '/api/file/aB3dE5gH', '/api/file/aB3dE5gH?download'],
        ...['/api/file/aB3dE5gH/info', '/u/aB3dE5gH?embed', '/u/aB3dE5gH#x', '/api/file/aB3dE5gH/a.rar'],
      ],
    ),
  },
  {
    platform: 'PixelDrain',
    id: 'l/aB3dE5gH',
    kind: 'folder',
    forms: each(['pixeldrain.com'], ['/l/aB3dE5gH', '/api/list/aB3dE5gH', '/l/aB3dE5gH?embed']),
  },
  { platform: 'PixelDrain', id: 'l/aB3dE5gH#2', forms: ['https://pixeldrain.com/l/aB3dE5gH#item=2'] },
  {
    platform: 'PixelDrain',
    id: 'd/aB3dE5gH',
    kind: 'folder',
    forms: each(['pixeldrain.com'], ['/d/aB3dE5gH', '/d/aB3dE5gH/']),
  },
  {
    platform: 'PixelDrain',
    id: 'd/aB3dE5gH/sub',
    kind: 'folder',
    forms: each(['pixeldrain.com'], ['/d/aB3dE5gH/sub', '/d/aB3dE5gH/sub/']),
  },
  ...keep2share('Keep2share', 'k2s.cc', 'keep2share.cc', 'keep2s.cc', 'keep2.cc', 'keep2share.com'),
  ...keep2share('FileBoom', 'fboom.me', 'fileboom.me'),
  ...keep2share('TezFiles', 'tezfiles.com', 'publish2.me'),
  {
    platform: 'RapidGator',
    id: HASH,
    forms: each(
      ['rapidgator.net', 'www.rapidgator.net', 'm.rapidgator.net', 'rg.to', 'rapidgator.asia'],
      [
        ...[`/file/${HASH}`, `/file/${HASH}/`, `/file/${HASH}/name.rar.html`, `/file/${HASH}/name.rar`],
        ...[
          `/file/${HASH}.html`,
          `/file/${HASH}&utm_source=x`,
          `/file/${HASH.toUpperCase()}`,
          `/file/${HASH}/a/b.html`,
          `/file/%30${HASH.slice(1)}`,
          `/file/${HASH}?x=1#y`,
        ],
      ],
    ),
  },
  {
    platform: 'RapidGator',
    id: '12345678',
    forms: each(['rapidgator.net'], ['/file/12345678', '/file/12345678/name.html']),
  },
  {
    platform: 'RapidGator',
    id: '123',
    kind: 'folder',
    forms: each(['rapidgator.net', 'rg.to'], ['/folder/123', '/folder/123/name.html']),
  },
  {
    platform: 'NitroFlare',
    id: 'ABC123DEF456',
    forms: each(
      ['nitroflare.com', 'www.nitroflare.com', 'nitroflare.net', 'nitro.download'],
      ['/view/ABC123DEF456', '/view/ABC123DEF456/name.rar', '/watch/ABC123DEF456', '/view/ABC123DEF456/a/b'],
    ),
  },
  {
    platform: 'NitroFlare',
    id: '123/QWJj=',
    kind: 'folder',
    forms: ['https://nitroflare.com/folder/123/QWJj='],
  },
  {
    platform: 'Alfafile',
    id: 'aB3d',
    forms: each(['alfafile.net', 'www.alfafile.net'], ['/file/aB3d', '/file/aB3d/name.rar', '/file/aB3d/']),
  },
  { platform: 'Alfafile', id: 'aB3d', kind: 'folder', forms: ['https://alfafile.net/folder/aB3d'] },
  {
    platform: 'FilerNet',
    id: 'folder-0123456789abcdef',
    kind: 'folder',
    forms: each(['filer.net', 'www.filer.net'], ['/folder/0123456789abcdef', '/folder/0123456789abcdef/']),
  },
  {
    platform: 'Fikper',
    id: 'aB3dE5gH7i',
    forms: each(
      ['fikper.com', 'www.fikper.com'],
      ['/aB3dE5gH7i', '/aB3dE5gH7i/name.rar.html', '/aB3dE5gH7i/name.rar', '/aB3dE5gH7i/'],
    ),
  },
]

/** NZBs as indexers, and what asks several of them, give links. */
const NZBS: readonly string[] = [
  ...['api', 'api/v1/api', 'cdn'].map((path) => `https://indexer.test/${path}?t=get&id=abc&apikey=k`),
  'https://indexer.test/api?t=g&guid=abc',
  'https://indexer.test/?page=getnzb&action=display&messageid=a%40b&apikey=k',
  ...[
    'getnzb?id=abc&i=1&r=k',
    'nzb?id=abc&api=k',
    'nzb/?id=abc&user=u&api=k',
    'api/v1/getnzb?id=abc&r=k',
  ].map((rest) => `https://indexer.test/${rest}`),
  ...['getnzb/abc', 'getnzb/abc.nzb&i=1&r=k', 'getnzb/api/123?apikey=k', 'nzb:abc/x.nzb'].map(
    (rest) => `https://indexer.test/${rest}`,
  ),
  ...['1/download?apikey=k&link=bGluaw&file=Show.S01', '1/download?apikey=k&link=bGluaw&file=X.nzb'].map(
    (rest) => `http://localhost:9696/${rest}`,
  ),
  'https://indexer.test/download.php?id=1&file=a%20b.nzb.gz',
  'http://hydra.test:5076/nzbhydra2/getnzb/api/token.-12345?apikey=k',
  'http://hydra.test:5075/getnzb?searchresultid=12&apikey=k',
  'http://localhost/prowlarr/12/download?apikey=k&link=bGluaw%3D%3D&file=Show',
  // sites with paths of their own
  ...[
    ...[
      'dognzb.cr/fetch/2b51db/k',
      'dl.dognzb.cr/fetch/2b51db/k',
      'api.dognzb.cr/api?t=get&id=2b51db&apikey=k',
    ],
    ...['nzbindex.com/download/164950363/', 'www.nzbindex.nl/download/114143855/a-b.rar'],
    ...[`beta.nzbindex.com/download/${UUID}`, `nzbindex.com/api/download/${UUID}.nzb`],
    ...['nzbking.com/nzb:62a24b2a8e87/', 'www.nzbking.com/nzb:62a24b2a8e87'],
    ...['binsearch.info/nzb?QUJD=on', 'www.binsearch.info/nzb?q=x&QUJD=on&REVG=on'],
    ...[
      'binsearch.info/?action=nzb&123456789=1&server=2',
      'binsearch.info/nzb?mode=files&QUJD=on&name=A.nzb',
    ],
    ...['www.newzleech.com/?m=gen&dl=1&post=12345678', 'newzleech.com/?m=gen&getnzb=Get+NZB&binary%5B%5D=12'],
    ...['gingadaddy.com/gingasrssdownload.php?h=12&i=k&uid=3&t=dlnzb'],
    ...['www.tabula-rasa.pw/api/v2/getnzb?id=ab-c&api_token=k', 'nzbfinder.ws/getnzb?id=abc.nzb&r=k'],
    ...['nzbplanet.net/getnzb/abc.nzb&i=1&r=k', 'www.usenet-crawler.com/getnzb/abc.nzb&i=1&r=k'],
    ...['drunkenslug.com/getnzb?id=abc&i=1&r=k', 'api.omgwtfnzbs.org/nzb/?id=abc&user=u&api=k'],
    ...['animetosho.org/storage/nzbs/000a1b2c/a%20b.nzb.gz', 'storage.animetosho.org/nzbs/000a1b2c/a.nzb'],
  ].map((rest) => `https://${rest}`),
  ...['a.nzb', 'A.NZB?token=1', 'a.nzb.bz2', 'a.nzb.zip'].map((rest) => `https://indexer.test/${rest}`),
]
const NO_NZBS: readonly string[] = [
  ...[
    'a.nzb.html',
    'nzb/readme.txt',
    'download?file=a.zip',
    'getnzb',
    'api?t=search&id=1',
    '1/download?file=x',
    ...['fetch/2b51db/k', 'download/164950363/', 'nzb:62a24b2a8e87/', '?m=gen&dl=1&post=1', 'nzb?QUJD=on'],
  ].map((rest) => `https://indexer.test/${rest}`),
  ...[
    ...[
      'dognzb.cr/details/2b51db',
      'dognzb.cr/',
      'nzbindex.com/search?q=x',
      'nzbindex.com/collection/164950363',
    ],
    ...['nzbking.com/details:62a24b2a8e87/', 'nzbking.com/search/?q=x', 'binsearch.info/details/QUJD'],
    ...[
      'binsearch.info/search?q=x',
      'binsearch.info/nzb?q=x',
      'newzleech.com/?p=12345678',
      'nzbgeek.info/register',
    ],
    ...['nzbplanet.net/details/abc', 'nzbfinder.ws/rss?t=2000&r=k', 'animetosho.org/view/a.123'],
    ...['notdognzb.cr/fetch/2b51db/k', 'dognzb.cr.example.com/fetch/2b51db/k'],
  ].map((rest) => `https://${rest}`),
]

/** Pages of the sites, and look-alikes: no host is asked about them. */
const PAGES: readonly string[] = [
  ...each(
    [
      'turbobit.net',
      'hitfile.net',
      'send.now',
      'ddownload.com',
      'fikper.com',
      'pixeldrain.com',
      '1fichier.com',
    ],
    [
      ...[
        '',
        '/',
        '/login',
        '/login.html',
        '/premium',
        '/rules',
        '/rules.html',
        '/faq',
        '/faq.html',
        '/locale/en',
      ],
      ...[
        '/favicon.ico',
        '/impressum',
        '/reg',
        '/blog',
        '/blog/',
        '/turbo',
        '/turbo.html',
        '/reseller',
        '/contact',
      ],
      ...[
        '/rulesdownload',
        '/registration',
        '/copyright123',
        '/d/faq',
        '/en',
        '/en/',
        '/user/login',
        '/register',
      ],
      ...[
        '/privacy',
        '/terms',
        '/news',
        '/upload',
        '/premium.html',
        '/abuse',
        '/api',
        '/settings',
        '/checkout',
      ],
    ],
  ),
  ...each(
    ['static', 'img', 'www', 'api', 'help'].map((label) => `${label}.1fichier.com`),
    ['/', '/en/'],
  ),
  ...each(['rapidgator.net'], ['/', '/article/premium', '/auth/login', '/file', '/file/xyz', '/folder/abc']),
  ...each(
    ['k2s.cc', 'fboom.me', 'tezfiles.com'],
    ['/', '/auth/login', '/premium', '/file/short', '/en/file'],
  ),
  ...each(
    ['mediafire.com'],
    ['/', '/about/', '/upgrade/', '/login', '/policies/terms_of_service.php', '/file/x'],
  ),
  ...each(['app.mediafire.com', 'mfi.re'], ['/login', '/myfiles', '/']),
  ...each(['transfer.it'], ['/', '/start', '/t/', '/t/short', '/cs', '/cs/g', '/terms']),
  ...each(['bt7.api.mega.co.nz'], ['/', '/cs?id=1', '/t/yhWbjogXxRLL']),
  ...each(['gofile.io'], ['/', '/home', '/d/', '/login', '/premium', '/api', '/?c=']),
  ...each(['upstore.net'], ['/message', '/panel', '/aff', '/imprint', '/de/premium', '//faq']),
  ...each(['nitroflare.com', 'alfafile.net'], ['/', '/payment', '/login', '/view', '/file']),
  ...each(
    [
      'nothitf.to',
      'hitf.to.example.com',
      'notmega.nz',
      'xmfi.re',
      'turbobit.net.example.com',
      'k2s.cc.example.com',
    ],
    [`/${TURBO}`, `/file/${HASH}`, '/file/0123456789abc'],
  ),
]

let registry: HostRegistry
beforeAll(async () => {
  registry = await loadRegistry()
})

/** The catch-all takes what nobody else does. */
function found(url: string) {
  const match = registry.match(url)
  return match?.adapter.manifest.catchAll ? undefined : match
}

describe('links of indexers', () => {
  it.each(NZBS)('%s leads to an NZB', (url) => {
    expect(found(url)).toMatchObject({ adapter: { manifest: { id: 'Usenet' } }, ref: { kind: 'folder' } })
  })

  it.each(NO_NZBS)('%s leads to none', (url) => {
    expect(found(url)).toBeUndefined()
  })

  it.each(NZBS)('%s is asked for as it was written, and told without a key', (url) => {
    const ref = found(url)?.ref
    expect(ref?.canonicalUrl).not.toMatch(/[=&/]k\b/)
    const asked = new URL((ref?.canonicalUrl ?? '') + (ref?.secret ?? '@').slice(1))
    const fields = (one: URL) => [...one.searchParams].map(([name, value]) => `${name}=${value}`).sort()
    expect([asked.pathname, fields(asked)]).toEqual([new URL(url).pathname, fields(new URL(url))])
  })
})

describe('the public forms of links', () => {
  it.each(CORPUS)('of $platform are read as $id', ({ platform, id, kind = 'file', forms }) => {
    const wrong = forms.filter((form) => {
      const match = found(form)
      const again = match && found(match.ref.canonicalUrl)
      const isIt = (each: typeof match) =>
        each?.adapter.manifest.id === platform && each.ref.fileId === id && each.ref.kind === kind
      return !isIt(match) || !isIt(again) || again?.ref.canonicalUrl !== match?.ref.canonicalUrl
    })
    expect(wrong).toEqual([])
  })

  it.each(CORPUS)(
    'of $platform are read with a slash too many, and in a language: $id',
    ({ platform, id, forms }) => {
      const [first = ''] = forms
      const { origin, pathname } = new URL(first)
      const rest = first.slice(first.indexOf('/', 8))
      const noisy = [
        `${origin}/${rest}`,
        ...(pathname === '/' ? [] : [`${origin}/de${rest}`, `${origin}/pt-br${rest}`]),
      ]
      for (const form of noisy) {
        expect([form, found(form)?.adapter.manifest.id, found(form)?.ref.fileId]).toEqual([
          form,
          platform,
          id,
        ])
      }
    },
  )

  it('do not include the pages of the sites, nor hostnames that look alike', () => {
    expect(PAGES.filter((page) => found(page) !== undefined)).toEqual([])
  })
})
