/* The nginx processes of bench:proxy and bench:fetch, each with a configuration and directory of its own. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

/** http block of Debian's package, without what cannot matter here: logs go nowhere on every side. */
const PACKAGED =
  'sendfile on; tcp_nopush on; types_hash_max_size 2048; default_type application/octet-stream; gzip on;'

/** A static file server in the place of an S3: the path is the key, the signature is not looked at. */
export const upstreamConfig = ({ port, root, bucket }) => `
  ${PACKAGED}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    keepalive_requests 1000000;
    location ~ ^/${bucket}/?$ { return 200; }
    location / { root ${root}; }
  }`

/** proxy_pass and nothing else. */
export const packagedConfig = ({ port, upstream }) => `
  ${PACKAGED}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://127.0.0.1:${upstream}; }
  }`

/** tunedConfig is what a careful operator makes of it: connections kept, nothing to disk, large buffers. */
export const tunedConfig = ({ port, upstream }) => `
  ${PACKAGED}
  upstream store { server 127.0.0.1:${upstream}; keepalive 128; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    keepalive_requests 1000000;
    location / {
      proxy_pass http://store;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_max_temp_file_size 0;
      proxy_buffer_size 64k;
      proxy_buffers 8 256k;
      proxy_busy_buffers_size 512k;
    }
  }`

export async function startNginx(name, directory, port, workers, http) {
  const home = join(directory, name)
  for (const part of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'])
    mkdirSync(join(home, part), { recursive: true })
  const config = `
daemon off; master_process on; worker_processes ${workers}; pid ${home}/pid; error_log ${home}/error.log;
worker_rlimit_nofile 20000;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 8192; }
http {
  access_log off;
  client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy; fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi; scgi_temp_path ${home}/scgi;
  ${http}
}
`
  const file = join(home, 'nginx.conf')
  writeFileSync(file, config)
  const child = spawn('nginx', ['-c', file, '-p', home, '-e', `${home}/error.log`], { stdio: 'inherit' })
  await listening(port, child)
  return child
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function listening(port, child) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    const isThere = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port }, () => (socket.destroy(), resolve(true)))
      socket.on('error', () => resolve(false))
    })
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('nginx does not listen')
}
