import { AppShell, Burger, Group, NavLink } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { Suspense, lazy, use, useEffect } from 'react'
import type { Session } from '../api/portal-types.js'
import { sessionQuery } from '../session/session.js'
import { signInPath } from '../session/sign-in-path.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { LanguageContext, currentLanguage, m } from '../shared/text.js'
import { useIsPhone } from '../shared/use-is-phone.js'
import { Live } from '../live/live-region.js'
import { PaletteButton } from '../palette/palette-button.js'
import { UndoBar } from '../undo/undo-bar.js'
import { Connection } from './connection.js'
import styles from './frame.module.css'
import { Mark } from './mark.js'
import { type NavigationItem, OPERATOR_PAGES, USER_PAGES } from './pages.js'
import { Pending } from './pending.js'
import { UserButton } from './user-button.js'

/** Seldom there is any. */
const AnnouncementBanner = lazy(async () => ({
  default: (await import('../status/announcement-banner.js')).AnnouncementBanner,
}))

const ViewBanner = lazy(async () => ({ default: (await import('./view-banner.js')).ViewBanner }))

/** Everything of who is signed in: the navigation, and a page beside it. */
export function Frame() {
  const session = useQuery(sessionQuery)
  const navigate = useNavigate()
  const { href, pathname } = useLocation()
  const setLanguage = use(LanguageContext)
  const { data } = session
  // Who looks on as somebody else goes on reading their own language.
  const language = data?.viewing ? null : data?.user?.language
  useEffect(() => {
    // On its way already: this frame stays until the page is loaded.
    if (pathname === '/setup') return
    if (data?.setUp && data.user === null) void navigate({ to: '/setup', replace: true })
    else if (data?.user === null) location.replace(signInPath(href))
  }, [data, navigate, href, pathname])
  useEffect(() => {
    if (language && language !== currentLanguage()) setLanguage(language)
  }, [language, setLanguage])
  if (session.error && !data)
    return <ErrorNotice error={session.error} onRetry={() => void session.refetch()} />
  if (!data?.user) return <Pending />
  return <Shell isOperator={data.user.role === 'operator'} viewing={data.viewing} />
}

function Shell({ isOperator, viewing }: { isOperator: boolean; viewing: Session['viewing'] }) {
  const [opened, { toggle, close }] = useDisclosure()
  const isPhone = useIsPhone()
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
      transitionDuration={0}
    >
      <a className={styles['skip']} href="#main">
        {m.skip_to_content()}
      </a>
      <AppShell.Header px="md">
        <Group gap="sm" h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              aria-controls="navigation"
              aria-expanded={opened}
              aria-label={m.navigation()}
              hiddenFrom="sm"
              onClick={toggle}
              opened={opened}
              size="sm"
            />
            <Link aria-label={m.home()} className={styles['brand']} onClick={close} to="/">
              <Mark />
              OBB
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Connection />
            <PaletteButton isOperator={isOperator} />
            <UserButton />
          </Group>
        </Group>
      </AppShell.Header>
      {/* On a phone it lies over the page, and is not there while it is closed: nothing hidden takes the focus. */}
      <AppShell.Navbar aria-label={m.navigation()} id="navigation" p="sm" withBorder>
        {(!isPhone || opened) && (
          <div className={styles['scroll']}>
            <Links items={USER_PAGES} onFollow={close} />
            {isOperator && (
              <>
                <div className={styles['section']} id="operator-section">
                  {m.nav_operator()}
                </div>
                <div aria-labelledby="operator-section" role="group">
                  <Links items={OPERATOR_PAGES} onFollow={close} />
                </div>
              </>
            )}
          </div>
        )}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Live />
        {viewing && (
          <Suspense>
            <ViewBanner {...viewing} />
          </Suspense>
        )}
        <Suspense>
          <AnnouncementBanner />
        </Suspense>
        <Outlet />
        <UndoBar />
      </AppShell.Main>
    </AppShell>
  )
}

function Links({ items, onFollow }: { items: NavigationItem[]; onFollow: () => void }) {
  const { pathname } = useLocation()
  return items.map(({ to, label, icon: Icon }) => {
    const isHere = pathname === to
    return (
      <NavLink
        active={isHere}
        aria-current={isHere ? 'page' : undefined}
        className={styles['link'] ?? ''}
        key={to}
        label={label()}
        leftSection={<Icon />}
        onClick={onFollow}
        renderRoot={(props) => <Link {...props} activeOptions={{ exact: true }} to={to} />}
      />
    )
  })
}
