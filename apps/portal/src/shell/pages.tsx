import type { LinkProps } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import {
  AddIcon,
  ConnectIcon,
  DownloadIcon,
  FilesIcon,
  HostsIcon,
  OverviewIcon,
  ProfileIcon,
  TrafficIcon,
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

export const OPERATOR_PAGES: NavigationItem[] = [{ to: '/admin', label: m.nav_overview, icon: OverviewIcon }]
