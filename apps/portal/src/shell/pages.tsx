import type { LinkProps } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import {
  AccountsIcon,
  AddIcon,
  AuditIcon,
  BlocksIcon,
  ConnectIcon,
  DownloadIcon,
  FilesIcon,
  HostsIcon,
  OverviewIcon,
  PlatformsIcon,
  ProfileIcon,
  QueueIcon,
  SettingsIcon,
  StorageIcon,
  TrafficIcon,
  UsersIcon,
} from '../shared/icons.js'
import { m } from '../shared/text.js'

export interface NavigationItem {
  to: NonNullable<LinkProps['to']>
  label: () => string
  icon: ComponentType<{ size?: number }>
}

/** The navigation, from top to bottom. */
export const USER_PAGES: NavigationItem[] = [
  { to: '/', label: m.nav_add, icon: AddIcon },
  { to: '/downloads', label: m.nav_downloads, icon: DownloadIcon },
  { to: '/files', label: m.nav_files, icon: FilesIcon },
  { to: '/traffic', label: m.nav_traffic, icon: TrafficIcon },
  { to: '/hosts', label: m.nav_hosts, icon: HostsIcon },
  { to: '/connect', label: m.nav_connect, icon: ConnectIcon },
  { to: '/profile', label: m.nav_profile, icon: ProfileIcon },
]

export const OPERATOR_PAGES: NavigationItem[] = [
  { to: '/admin', label: m.nav_overview, icon: OverviewIcon },
  { to: '/admin/users', label: m.nav_users, icon: UsersIcon },
  { to: '/admin/accounts', label: m.nav_accounts, icon: AccountsIcon },
  { to: '/admin/hosts', label: m.nav_platforms, icon: PlatformsIcon },
  { to: '/admin/queue', label: m.nav_queue, icon: QueueIcon },
  { to: '/admin/files', label: m.nav_storage, icon: StorageIcon },
  { to: '/admin/blocks', label: m.nav_blocks, icon: BlocksIcon },
  { to: '/admin/settings', label: m.nav_settings, icon: SettingsIcon },
  { to: '/admin/audit', label: m.nav_audit, icon: AuditIcon },
]
