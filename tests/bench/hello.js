// SPDX-License-Identifier: Apache-2.0
// The smallest server that Node.js has: node hello.js PORT
require('http').createServer((request, response) => response.end('hello\n')).listen(+process.argv[2], '127.0.0.1')
