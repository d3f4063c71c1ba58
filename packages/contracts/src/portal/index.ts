/** What the pages of the portal ask beside the external and the admin API: who is signed in, and how one gets in. */
export * from './invitations.js'
export * from './keys.js'
export * from './second-factor.js'
export * from './session.js'
export * from './sign-in.js'
export * from './traffic.js'
export * from './events.js'
export * from './hosts-history.js'
