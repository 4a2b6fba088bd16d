/* SPDX-License-Identifier: Apache-2.0 */
/* The version of all programs, which are built and installed together. */
#ifndef SERVICE_VERSION_H
#define SERVICE_VERSION_H

#ifndef BASSIN_VERSION
#define BASSIN_VERSION "0.1"
#endif

#endif
