/*
 * Every page that `npm run screenshots` takes. A new page is a line here: the name of its files, its path, who looks at
 * it (`fresh`: before the set-up; `nobody`; `user`; `operator`), and what is done there before it is taken. `path` and
 * `act` are given the sample (sample.mjs), `act` the page (Playwright) first.
 */
const paste = async (page, { pasted, offline }) => {
  await page.locator('textarea').first().fill(pasted)
  await page.getByText(offline).waitFor()
  // Each link of it was answered once its refusal or its size is there.
  await page.locator('main .mantine-Loader-root').first().waitFor({ state: 'hidden' })
}

const find = async (page) => {
  await page.locator('main form [type=submit]').click()
  await page.getByText('NAS in the cellar').first().waitFor()
}

const toLedger = (page) =>
  page.locator('#ledger').evaluate((title) => title.scrollIntoView({ block: 'center' }))

export const PAGES = [
  { name: 'setup', path: '/setup', as: 'fresh' },
  { name: 'signin', path: '/signin', as: 'nobody' },
  { name: 'signup', path: ({ invitation }) => `/signup?token=${invitation}`, as: 'nobody' },
  { name: 'forgot', path: '/forgot', as: 'nobody' },
  { name: 'reset', path: ({ reset }) => `/reset?token=${reset}`, as: 'nobody' },
  { name: 'status', path: '/status', as: 'nobody' },
  { name: 'docs', path: ({ language }) => `/docs?lang=${language}`, as: 'nobody' },
  { name: 'not-found', path: '/nowhere', as: 'user' },

  { name: 'add-empty', path: '/', as: 'user' },
  { name: 'add', path: '/', as: 'user', act: paste },
  { name: 'downloads', path: '/downloads', as: 'user' },
  { name: 'downloads-link', path: ({ running }) => `/downloads?link=${running}`, as: 'user' },
  { name: 'downloads-none', path: '/downloads?search=nothing-has-this-name', as: 'user' },
  { name: 'files', path: '/files', as: 'user' },
  { name: 'files-file', path: ({ stored }) => `/files?link=${stored}`, as: 'user' },
  { name: 'traffic', path: '/traffic', as: 'user' },
  { name: 'traffic-ledger', path: '/traffic?kind=refund&days=90', as: 'user', act: toLedger },
  { name: 'traffic-link', path: ({ stored }) => `/traffic?link=${stored}`, as: 'user' },
  { name: 'hosts', path: '/hosts', as: 'user' },
  { name: 'hosts-host', path: '/hosts?host=RapidGator', as: 'user' },
  { name: 'connect', path: '/connect', as: 'user' },
  { name: 'try', path: '/try?call=External_create', as: 'user' },
  { name: 'profile', path: '/profile', as: 'user' },
  { name: 'profile-passkeys', path: '/profile?tab=passkeys', as: 'user' },
  { name: 'profile-password', path: '/profile?tab=password', as: 'user' },
  { name: 'profile-sessions', path: '/profile?tab=sessions', as: 'user' },
  { name: 'profile-notifications', path: '/profile?tab=notifications', as: 'user' },
  { name: 'profile-looks', path: '/profile?tab=looks', as: 'user' },
  { name: 'profile-data', path: '/profile?tab=data', as: 'user' },
  { name: 'device', path: '/device', as: 'user' },
  { name: 'device-waiting', path: ({ device }) => `/device?code=${device}`, as: 'user', act: find },
  { name: 'downloads-first', path: '/downloads', as: 'operator' },

  { name: 'setup-operator', path: '/setup?step=operator', as: 'operator' },
  { name: 'setup-address', path: '/setup?step=address', as: 'operator' },
  { name: 'setup-storage', path: '/setup?step=storage', as: 'operator' },
  { name: 'setup-account', path: '/setup?step=account', as: 'operator' },
  { name: 'setup-user', path: '/setup?step=user', as: 'operator' },
  { name: 'setup-file', path: '/setup?step=file', as: 'operator' },

  { name: 'admin', path: '/admin', as: 'operator' },
  { name: 'admin-users', path: '/admin/users', as: 'operator' },
  { name: 'admin-users-user', path: ({ user }) => `/admin/users?user=${user}`, as: 'operator' },
  { name: 'admin-users-invitations', path: '/admin/users?tab=invitations', as: 'operator' },
  { name: 'admin-accounts', path: '/admin/accounts', as: 'operator' },
  {
    name: 'admin-accounts-account',
    path: ({ account }) => `/admin/accounts?account=${account}`,
    as: 'operator',
  },
  { name: 'admin-hosts', path: '/admin/hosts', as: 'operator' },
  { name: 'admin-hosts-host', path: '/admin/hosts?host=RapidGator', as: 'operator' },
  { name: 'admin-hosts-words', path: '/admin/hosts?tab=words', as: 'operator' },
  { name: 'admin-queue', path: '/admin/queue', as: 'operator' },
  { name: 'admin-files', path: '/admin/files', as: 'operator' },
  { name: 'admin-blocks', path: '/admin/blocks', as: 'operator' },
  { name: 'admin-settings', path: '/admin/settings', as: 'operator' },
  { name: 'admin-audit', path: '/admin/audit', as: 'operator' },
]
