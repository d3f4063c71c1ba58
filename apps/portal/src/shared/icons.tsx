import type { ReactNode } from 'react'

/** The icons of the portal, drawn on 24 × 24. What they stand beside says the same in words. */
function icon(shape: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        aria-hidden="true"
        fill="none"
        height={size}
        stroke="currentColor"
        strokeLinecap="round"
        strokeLinejoin="round"
        strokeWidth={1.75}
        viewBox="0 0 24 24"
        width={size}
      >
        {shape}
      </svg>
    )
  }
}

export const AddIcon = icon(<path d="M12 5v14M5 12h14" />)
export const DownloadIcon = icon(<path d="M12 4v11m-5-5 5 5 5-5M5 20h14" />)
export const FilesIcon = icon(
  <path d="M3 7a2 2 0 0 1 2-2h4l2 2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z" />,
)
export const TrafficIcon = icon(<path d="M5 20V11M12 20V4M19 20v-6" />)
export const HostsIcon = icon(
  <>
    <rect height="6" rx="1.5" width="16" x="4" y="4" />
    <rect height="6" rx="1.5" width="16" x="4" y="14" />
    <path d="M8 7h.01M8 17h.01" />
  </>,
)
/** Hosts as the operator has them: a globe. */
export const PlatformsIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M3.5 12h17M12 3.5c5 5 5 12 0 17-5-5-5-12 0-17" />
  </>,
)
export const StorageIcon = icon(
  <>
    <ellipse cx="12" cy="6" rx="7.5" ry="2.75" />
    <path d="M4.5 6v12c0 1.5 3.4 2.75 7.5 2.75s7.5-1.25 7.5-2.75V6M4.5 12c0 1.5 3.4 2.75 7.5 2.75s7.5-1.25 7.5-2.75" />
  </>,
)
export const ConnectIcon = icon(<path d="M9 7V3m6 4V3M6 7h12v4a6 6 0 0 1-12 0zM12 17v4" />)
export const ProfileIcon = icon(
  <>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20a7.5 7.5 0 0 1 15 0" />
  </>,
)
export const OverviewIcon = icon(<path d="M4 13h4l2-8 4 14 2-6h4" />)
export const UsersIcon = icon(
  <>
    <circle cx="9" cy="8" r="3.5" />
    <path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.4a6.5 6.5 0 0 1 3.5 5.6" />
  </>,
)
export const AccountsIcon = icon(
  <>
    <circle cx="8" cy="14" r="4.5" />
    <path d="m11.5 10.5 7-7m-3 3 3 3" />
  </>,
)
export const QueueIcon = icon(<path d="M4 6h16M4 12h16M4 18h9" />)
export const BlocksIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="m6 6 12 12" />
  </>,
)
export const SettingsIcon = icon(<path d="M4 7h9m5 0h2M4 17h2m5 0h9M15.5 4.5v5M8.5 14.5v5" />)
export const AuditIcon = icon(<path d="M7 3h8l4 4v14H7zM11 11h5M11 15h5" />)
export const CopyIcon = icon(
  <>
    <rect height="11" rx="2" width="11" x="9" y="9" />
    <path d="M5 15V6a2 2 0 0 1 2-2h8" />
  </>,
)
export const BellIcon = icon(<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4" />)
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />)
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />)
export const TrashIcon = icon(<path d="M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3" />)
export const WarningIcon = icon(<path d="M12 4 2.5 20h19zM12 10v4M12 17h.01" />)
export const SearchIcon = icon(
  <>
    <circle cx="11" cy="11" r="6.5" />
    <path d="m16 16 4.5 4.5" />
  </>,
)
export const MoreIcon = icon(<path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth={3} />)
export const SignOutIcon = icon(<path d="M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h11m-4-4 4 4-4 4" />)
export const FolderIcon = FilesIcon
export const KeyIcon = AccountsIcon
