import {
  Outlet,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { operatorRoutes } from '../operator/routes.js'
import { downloadsSearch } from '../downloads/search.js'
import { filesSearch } from '../files/search.js'
import { hostsSearch } from '../hosts/search.js'
import { profileSearch } from '../profile/search.js'
import { trySearch } from '../try/search.js'
import { trafficSearch } from '../traffic/search.js'
import { NotFound } from './not-found.js'
import { PageFault } from './page-fault.js'
import { Pending } from './pending.js'

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

/** Pages of who is not signed in; the form to sign in is none of them (main.tsx). */
const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  // The step that is open.
  validateSearch: (search): { step?: string } => {
    const step = text(search['step'])
    return step === undefined ? {} : { step }
  },
  component: lazyRouteComponent(() => import('../session/set-up-page.js'), 'SetUpPage'),
})
const token = (search: Record<string, unknown>): { token?: string } => {
  const given = text(search['token'])
  return given === undefined ? {} : { token: given }
}
const signUp = createRoute({
  getParentRoute: () => root,
  path: '/signup',
  validateSearch: token,
  component: lazyRouteComponent(() => import('../session/sign-up-page.js'), 'SignUpPage'),
})
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  validateSearch: token,
  component: lazyRouteComponent(() => import('../session/reset-page.js'), 'ResetPage'),
})
const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot',
  component: lazyRouteComponent(() => import('../session/forgot-page.js'), 'ForgotPage'),
})

/** For everybody. */
const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  component: lazyRouteComponent(() => import('../status/status-page.js'), 'StatusPage'),
})

/** Pages of who is signed in, in the frame with the navigation. */
const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: lazyRouteComponent(() => import('./frame.js'), 'Frame'),
})
const add = createRoute({
  getParentRoute: () => frame,
  path: '/',
  // As a bookmark of the browser gives the links of a page over.
  validateSearch: (search): { links?: string } => {
    const links = text(search['links'])
    return links === undefined ? {} : { links }
  },
  component: lazyRouteComponent(() => import('../add/add-page.js'), 'AddPage'),
})
const downloads = createRoute({
  getParentRoute: () => frame,
  path: '/downloads',
  validateSearch: downloadsSearch,
  component: lazyRouteComponent(() => import('../downloads/downloads-page.js'), 'DownloadsPage'),
})
const files = createRoute({
  getParentRoute: () => frame,
  path: '/files',
  validateSearch: filesSearch,
  component: lazyRouteComponent(() => import('../files/files-page.js'), 'FilesPage'),
})
const traffic = createRoute({
  getParentRoute: () => frame,
  path: '/traffic',
  validateSearch: trafficSearch,
  component: lazyRouteComponent(() => import('../traffic/traffic-page.js'), 'TrafficPage'),
})
const hosts = createRoute({
  getParentRoute: () => frame,
  path: '/hosts',
  validateSearch: hostsSearch,
  component: lazyRouteComponent(() => import('../hosts/hosts-page.js'), 'HostsPage'),
})
const connect = createRoute({
  getParentRoute: () => frame,
  path: '/connect',
  component: lazyRouteComponent(() => import('../connect/connect-page.js'), 'ConnectPage'),
})
const profile = createRoute({
  getParentRoute: () => frame,
  path: '/profile',
  validateSearch: profileSearch,
  component: lazyRouteComponent(() => import('../profile/profile-page.js'), 'ProfilePage'),
})

const tryApi = createRoute({
  getParentRoute: () => frame,
  path: '/try',
  validateSearch: trySearch,
  component: lazyRouteComponent(() => import('../try/try-page.js'), 'TryPage'),
})
const device = createRoute({
  getParentRoute: () => frame,
  path: '/device',
  validateSearch: (search): { code?: string } => {
    const code = text(search['code'])
    return code === undefined ? {} : { code }
  },
  component: lazyRouteComponent(() => import('../device/device-page.js'), 'DevicePage'),
})

const routes = root.addChildren([
  setUp,
  signUp,
  reset,
  forgot,
  status,
  frame.addChildren([
    add,
    downloads,
    files,
    traffic,
    hosts,
    connect,
    profile,
    tryApi,
    device,
    operatorRoutes(frame),
  ]),
])

export const router = createRouter({
  routeTree: routes,
  defaultPreload: 'intent',
  defaultPendingComponent: Pending,
  defaultErrorComponent: PageFault,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
