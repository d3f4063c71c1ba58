import type { Command } from 'commander'

/** Two lines each, as they are typed, by the command that they show. */
export const EXAMPLES: Readonly<Record<string, readonly [string, string]>> = {
  account: ['obb account', 'obb account --key obb_… --json'],
  'account add': [
    'obb account add RapidGator --set email=you@example.org --set password=-',
    'obb account add ClicknUpload --cookies cookies.txt',
  ],
  'account import': [
    'obb account import accounts.csv --dry-run',
    'obb account import ~/.pyload/accounts.cfg',
  ],
  'account set': [
    'obb account set 0192f3c4-… --set password=-',
    'obb account set 0192f3c4-… --max-downloads 2 --bandwidth 20MB',
  ],
  'account remove': ['obb account remove 0192f3c4-…', 'obb account remove 0192f3c4-… --yes'],
  'account login': [
    'obb account login --server https://obb.example.org',
    'obb account login --server http://nas.lan:8080 --name laptop',
  ],
  'account logout': ['obb account logout', 'obb account logout --json'],
  'account list': ['obb account list', "obb account list --all --json | jq '.items[].label'"],
  'account enable': ['obb account enable 0192f3c4-…', 'obb account enable 0192f3c4-… --json'],
  'account disable': ['obb account disable 0192f3c4-…', 'obb account disable 0192f3c4-… --json'],
  'account check': ['obb account check 0192f3c4-…', 'obb account check 0192f3c4-… --json'],
  audit: ['obb audit --since 2027-01-31', 'obb audit --what user --csv > audit.csv'],
  backup: [
    'obb backup before-upgrade.backup',
    'docker compose exec backup obb backup /backups/before-upgrade.backup',
  ],
  restore: [
    'OBB_HOME=/srv/obb obb restore obb.backup',
    'docker compose run --rm --no-deps backup obb restore /backups/obb.backup --replace',
  ],
  'block add': [
    "obb block add --url https://rapidgator.net/file/… --reason 'notice of 31 January'",
    "obb block add --name '*.exe' --reason malware",
  ],
  'block list': ['obb block list', 'obb block list --all --json'],
  'block remove': ['obb block remove 0192f3c4-…', 'obb block remove 0192f3c4-… --json'],
  completion: ['source <(obb completion bash)', 'obb completion fish > ~/.config/fish/completions/obb.fish'],
  doctor: ['obb doctor', 'obb doctor --json | jq \'.[] | select(.status != "ok")\''],
  fakehost: ['obb fakehost RapidGator --port 9901', 'obb fakehost RapidGator --port 0 --file film.mkv'],
  queue: ['obb queue', "obb queue --json | jq '.[].waiting'"],
  fetchers: ['obb fetchers', 'obb fetchers --json'],
  streams: ['obb streams', "obb streams --json | jq '.bytesPerSecond'"],
  usage: ['obb usage', 'obb usage --days 90 --json'],
  'hosts history': ['obb hosts history', 'obb hosts history --days 90 --json'],
  nzb: ['obb nzb post.nzb', 'obb nzb post.nzb.gz --json'],
  'links cancel': ['obb links cancel Vn3k…', 'obb links cancel Vn3k… Xa9p… --json'],
  links: ['obb links --state downloading', "obb links --search 'ubuntu iso' --all --json"],
  'file list': ['obb file list', "obb file list --all --json | jq '.items | length'"],
  'file sweep': ['obb file sweep --dry-run', 'obb file sweep'],
  'file pin': ['obb file pin 0192f3c4-…', 'obb file pin 0192f3c4-… --json'],
  'file unpin': ['obb file unpin 0192f3c4-…', 'obb file unpin 0192f3c4-… --json'],
  'file remove': ['obb file remove 0192f3c4-…', 'obb file remove 0192f3c4-… --yes'],
  get: ['obb get https://rapidgator.net/file/… -o film.mkv', 'obb get -i links.txt -o downloads/'],
  hosts: ['obb hosts', "obb hosts --json | jq '.supportedhosts[].platform'"],
  ledger: ['obb ledger --email you@example.org', 'obb ledger --all --json'],
  'host list': ['obb host list', "obb host list --json | jq '.[].platform'"],
  'host show': ['obb host show RapidGator', 'obb host show RapidGator --json'],
  'host words': ['obb host words', 'obb host words --json'],
  'host enable': ['obb host enable RapidGator', 'obb host enable RapidGator --json'],
  'host disable': ['obb host disable RapidGator', 'obb host disable RapidGator --json'],
  'host try': ['obb host try RapidGator', 'obb host try RapidGator --json'],
  'host set': [
    'obb host set RapidGator --max-downloads 4 --bandwidth 50MB',
    'obb host set RapidGator --origin api=http://127.0.0.1:9901',
  ],
  check: ['obb check https://rapidgator.net/file/…', 'obb check -i links.txt --json'],
  expand: ['obb expand https://gofile.io/d/…', 'obb expand https://gofile.io/d/… --json'],
  explain: ['obb explain https://rapidgator.net/file/…', 'obb explain https://rapidgator.net/file/… --json'],
  'key list': ['obb key list --email you@example.org', 'obb key list --email you@example.org --json'],
  'key add': [
    'obb key add --email you@example.org --name jdownloader --errors-as-200',
    'obb key add --email you@example.org --name watcher --scopes read --networks 192.0.2.0/24 --expires 2027-12-31',
  ],
  'key rotate': [
    'obb key rotate --email you@example.org',
    'obb key rotate --email you@example.org --name jdownloader',
  ],
  'key set': [
    'obb key set --email you@example.org --errors-as-200 off',
    'obb key set --email you@example.org --name jdownloader --scopes submit,download --networks none',
  ],
  'key remove': [
    'obb key remove --email you@example.org --name jdownloader',
    'obb key remove --email you@example.org --name jdownloader --yes',
  ],
  'ledger check': ['obb ledger check', 'obb ledger check --json'],
  'invite add': [
    'obb invite add --email you@example.org --traffic 1TB --send',
    'obb invite add --role operator --expires-in-hours 24',
  ],
  'invite list': ['obb invite list', "obb invite list --all --json | jq '.items[].email'"],
  'invite remove': ['obb invite remove 0192f3c4-…', 'obb invite remove 0192f3c4-… --json'],
  'maintenance on': [
    "obb maintenance on --note 'Disks are replaced' --zh-tw '更換磁碟'",
    'obb maintenance on --until 2027-01-31T21:00Z --ends',
  ],
  'maintenance off': ['obb maintenance off', 'obb maintenance off --json'],
  'maintenance show': ['obb maintenance show', 'obb maintenance show --json'],
  'mail test': [
    'obb mail test --to you@example.org',
    'obb mail test --to you@example.org --language zh-TW --json',
  ],
  'notifications list': [
    'obb notifications list --email you@example.org',
    'obb notifications list --email you@example.org --json',
  ],
  'notifications set': [
    'obb notifications set --email you@example.org --webhook https://example.org/hook --on link_finished=webhook',
    'obb notifications set --email you@example.org --on host_works_again=mail --wait RapidGator',
  ],
  'notifications test': [
    'obb notifications test --email you@example.org --channel webhook',
    'obb notifications test --email you@example.org --channel mail --json',
  ],
  support: ['obb support', 'obb support -o /tmp/for-a-friend.json'],
  restart: ['obb restart', 'OBB_HOME=/srv/obb obb restart'],
  'secrets reseal': ['obb secrets reseal', 'obb secrets reseal --json'],
  settings: ['obb settings --changed', "obb settings --json | jq '.settings[] | select(.hidden)'"],
  'share add': [
    'obb share add Vq3mZr8tXw5kLp2nBc7d',
    'obb share add Vq3mZr8tXw5kLp2nBc7d --downloads 3 --expires-in-hours 48',
  ],
  'share list': ['obb share list Vq3mZr8tXw5kLp2nBc7d', 'obb share list Vq3mZr8tXw5kLp2nBc7d --json'],
  'share remove': [
    'obb share remove Vq3mZr8tXw5kLp2nBc7d b7Tq2Wz9Kc4Yd1Rm6Pv8Xn3Lf5Hs0Ga2',
    'obb share remove Vq3mZr8tXw5kLp2nBc7d b7Tq2Wz9Kc4Yd1Rm6Pv8Xn3Lf5Hs0Ga2 --json',
  ],
  'status show': ['obb status show', 'obb status show --json'],
  'status publish': ['obb status publish', 'obb status publish --json'],
  'status unpublish': ['obb status unpublish', 'obb status unpublish --json'],
  'status announce': [
    "obb status announce 'Maintenance tonight, 20:00 to 21:00 UTC' --zh-tw '今晚 20:00 至 21:00（UTC）維護'",
    'obb status announce --over',
  ],
  'store show': ['obb store show', 'obb store show --json'],
  'store test': ['obb store test', 'obb store test --json'],
  'store adopt': ['obb store adopt', 'obb store adopt --json'],
  'user add': [
    'obb user add --email you@example.org --traffic 1TB',
    'obb user add --email you@example.org --daily-per-host 60GB --expires 2027-12-31 --errors-as-200',
  ],
  'user set': [
    'obb user set --email you@example.org --host-cap RapidGator=30GB',
    'obb user set --email you@example.org --expires never --solo off',
  ],
  'user list': ['obb user list', "obb user list --all --json | jq '.items[].email'"],
  'user usage': ['obb user usage you@example.org', 'obb user usage you@example.org --days 90 --json'],
  'user links': [
    'obb user links you@example.org --state error',
    'obb user links you@example.org --all --json',
  ],
  'user role': [
    'obb user role operator --email you@example.org',
    'obb user role user --email you@example.org',
  ],
  'user reset': [
    'obb user reset --email you@example.org --send',
    'obb user reset --email you@example.org --json | jq -r .url',
  ],
  'user sign-out': [
    'obb user sign-out --email you@example.org',
    'obb user sign-out --email you@example.org --json',
  ],
  'user suspend': [
    'obb user suspend --email you@example.org',
    'obb user suspend --email you@example.org --json',
  ],
  'user resume': [
    'obb user resume --email you@example.org',
    'obb user resume --email you@example.org --json',
  ],
  'user remove': ['obb user remove --email you@example.org', 'obb user remove --email you@example.org --yes'],
  'user grant': [
    'obb user grant --email you@example.org --traffic 100GB',
    'obb user grant --email you@example.org --traffic 1TiB --json',
  ],
  'user adjust': [
    "obb user adjust --email you@example.org --traffic -10GB --note 'counted twice'",
    "obb user adjust --email you@example.org --traffic +10GB --note 'a file that was damaged'",
  ],
}

/** Puts its examples below the help of every command. */
export function addExamples(command: Command, path = ''): void {
  const examples = EXAMPLES[path]
  if (examples) command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`)
  for (const below of command.commands) addExamples(below, `${path} ${below.name()}`.trim())
}
