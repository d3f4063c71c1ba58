/** By what servers that nobody has an account at, and what stands before them, say that it passes. */
export const AWAY_STATUSES: readonly number[] = [
  ...[202, 408, 420, 425, 429, 500, 502, 503, 504, 507, 508, 509],
  // Cloudflare and its like
  ...[520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 598, 599],
]
