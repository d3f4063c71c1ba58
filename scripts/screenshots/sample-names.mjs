/* Who and what stands in the screenshots. Files are images of free systems and free films, as their projects name them. */
const MB = 1e6

export const OPERATOR = { email: 'operator@example.test', password: 'correct horse battery' }
export const USER = { email: 'alice@example.test', password: 'battery horse correct' }

const GB = 1e9
export const USERS = [
  { email: 'bob@example.test', traffic: 2_000 * GB },
  { email: 'chen@example.test', traffic: 1_500 * GB, dailyPerHost: 100 * GB },
  { email: 'dora@example.test', traffic: 250 * GB },
  { email: 'emil@example.test', traffic: 100 * GB, solo: true },
  { email: 'fatima@example.test', traffic: 750 * GB },
]

const RAPIDGATOR = { platform: 'RapidGator', domain: 'rapidgator.net' }
const ONE_FICHIER = { platform: 'OneFichier', domain: '1fichier.com' }
const FILE_BOOM = { platform: 'FileBoom', domain: 'fboom.me' }

export const FILES = {
  /** `share`: how much of it is here when pages are taken. */
  running: [
    { platform: 'OneFichier', name: 'archlinux-2026.11.01-x86_64.iso', size: 1_430 * MB, share: 0.62 },
    { platform: 'RapidGator', name: 'debian-13.2.0-amd64-netinst.iso', size: 784 * MB, share: 0.27 },
  ],
  waiting: [
    { platform: 'RapidGator', name: 'Fedora-Workstation-Live-43-1.6.x86_64.iso', size: 2_742 * MB },
    {
      platform: 'RapidGator',
      name: 'openSUSE-Leap-16.0-offline-installer-x86_64.install.iso',
      size: 4_406 * MB,
    },
    { platform: 'OneFichier', name: 'alpine-standard-3.22.2-x86_64.iso', size: 347 * MB },
  ],
  offered: [
    { platform: 'RapidGator', name: 'linuxmint-22.2-cinnamon-64bit.iso', size: 3_024 * MB },
    { platform: 'OneFichier', name: 'FreeBSD-14.3-RELEASE-amd64-dvd1.iso', size: 4_800 * MB },
    { platform: 'FileBoom', name: 'haiku-r1beta5-x86_64-anyboot.iso', size: 1_420 * MB },
  ],
  stored: [
    { ...RAPIDGATOR, name: 'ubuntu-24.04.3-desktop-amd64.iso', size: 6_345 * MB },
    { ...ONE_FICHIER, name: 'Big_Buck_Bunny_4K_60fps.mkv', size: 1_158 * MB },
    { ...RAPIDGATOR, name: 'Sintel_2010_4K_surround.mkv', size: 5_120 * MB },
    { ...FILE_BOOM, name: 'proxmox-ve_9.0-1.iso', size: 1_641 * MB },
    { ...ONE_FICHIER, name: 'wikipedia_zh_all_maxi_2026-09.zim', size: 24_310 * MB },
    { ...RAPIDGATOR, name: 'nixos-graphical-25.05-x86_64-linux.iso', size: 3_890 * MB },
    { ...ONE_FICHIER, name: 'Cosmos_Laundromat_First_Cycle.mp4', size: 744 * MB },
    { ...FILE_BOOM, name: 'manjaro-kde-25.0.10-minimal.iso', size: 3_312 * MB },
    { ...RAPIDGATOR, name: 'raspios-trixie-arm64-full.img.xz', size: 3_187 * MB },
    { ...ONE_FICHIER, name: 'OpenStreetMap-planet-taiwan-latest.osm.pbf', size: 312 * MB },
    { ...RAPIDGATOR, name: 'kali-linux-2026.3-installer-amd64.iso', size: 4_512 * MB },
    { ...ONE_FICHIER, name: 'Tears_of_Steel_2012_4K.mkv', size: 6_710 * MB },
    { ...FILE_BOOM, name: 'truenas-scale-25.10.iso', size: 2_014 * MB },
    { ...RAPIDGATOR, name: 'gutenberg-top-1000-epub.zip', size: 1_024 * MB },
  ],
}

/** Links of the last month, the latest first: the file (of `stored`), how many days ago, and what became of it. */
export const PAST_LINKS = [
  ...[0.1, 0.3, 0.8, 1.2, 2.1, 2.4, 3.3, 4.2, 5.1, 6.4].map((days, file) => ({ file, days })),
  { file: 10, days: 1.4, outcome: 'failed' },
  { file: 11, days: 2.6, outcome: 'cancelled' },
  ...Array.from({ length: 26 }, (_, index) => ({ file: (index * 5 + 3) % 14, days: 7.6 + index * 0.87 })),
]

export const SESSIONS = [
  {
    client:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1',
    address: '203.0.113.24',
    days: 2,
  },
  {
    client: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    address: '192.168.1.20',
    days: 9,
  },
]
