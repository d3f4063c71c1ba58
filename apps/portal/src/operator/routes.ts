import { type AnyRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router'
import {
  accountsSearch,
  auditSearch,
  filesSearch,
  hostsSearch,
  queueSearch,
  settingsSearch,
  usersSearch,
} from './search.js'

/** The operator's pages, each loaded when it is opened. */
export function operatorRoutes<Frame extends AnyRoute>(frame: Frame) {
  const operator = createRoute({
    getParentRoute: () => frame,
    id: 'operator',
    component: lazyRouteComponent(() => import('./operator-frame.js'), 'OperatorFrame'),
  })
  const overview = createRoute({
    getParentRoute: () => operator,
    path: '/admin',
    component: lazyRouteComponent(() => import('./overview/overview-page.js'), 'OverviewPage'),
  })
  const users = createRoute({
    getParentRoute: () => operator,
    path: '/admin/users',
    validateSearch: usersSearch,
    component: lazyRouteComponent(() => import('./users/users-page.js'), 'UsersPage'),
  })
  const accounts = createRoute({
    getParentRoute: () => operator,
    path: '/admin/accounts',
    validateSearch: accountsSearch,
    component: lazyRouteComponent(() => import('./accounts/accounts-page.js'), 'AccountsPage'),
  })
  const hosts = createRoute({
    getParentRoute: () => operator,
    path: '/admin/hosts',
    validateSearch: hostsSearch,
    component: lazyRouteComponent(() => import('./hosts/hosts-page.js'), 'HostsPage'),
  })
  const queue = createRoute({
    getParentRoute: () => operator,
    path: '/admin/queue',
    validateSearch: queueSearch,
    component: lazyRouteComponent(() => import('./queue/queue-page.js'), 'QueuePage'),
  })
  const files = createRoute({
    getParentRoute: () => operator,
    path: '/admin/files',
    validateSearch: filesSearch,
    component: lazyRouteComponent(() => import('./files/files-page.js'), 'FilesPage'),
  })
  const blocks = createRoute({
    getParentRoute: () => operator,
    path: '/admin/blocks',
    component: lazyRouteComponent(() => import('./blocks/blocks-page.js'), 'BlocksPage'),
  })
  const settings = createRoute({
    getParentRoute: () => operator,
    path: '/admin/settings',
    validateSearch: settingsSearch,
    component: lazyRouteComponent(() => import('./settings/settings-page.js'), 'SettingsPage'),
  })
  const audit = createRoute({
    getParentRoute: () => operator,
    path: '/admin/audit',
    validateSearch: auditSearch,
    component: lazyRouteComponent(() => import('./audit/audit-page.js'), 'AuditPage'),
  })
  return operator.addChildren([overview, users, accounts, hosts, queue, files, blocks, settings, audit])
}
