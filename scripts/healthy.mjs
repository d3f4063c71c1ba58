/* The health check of a container: exit code 0 when the address answers with a 2xx. */
const answer = await fetch(process.argv[2]).catch(() => undefined)
process.exit(answer?.ok ? 0 : 1)
