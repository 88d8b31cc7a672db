# Two stages: the second holds what runs, and nothing that builds.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build
# Optional: the compiler, for a plug-in of the explorer's that only the build uses.
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim
# More threads than hashes: bcrypt must leave some for DNS and files.
ENV NODE_ENV=production UV_THREADPOOL_SIZE=16 HOST=0.0.0.0 INTERNAL_HOST=0.0.0.0
# By itself the heap grows with the memory of the machine before it is tidied: an import would take nearly twice as much. Told so, Node
# makes its space for new objects too small for the objects of the requests under way, which costs a tenth of their time.
ENV NODE_OPTIONS="--max-old-space-size=256 --max-semi-space-size=16"
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist/apps ./dist/apps
COPY --from=build /app/dist/libs ./dist/libs
COPY --from=build /app/dist/openapi ./dist/openapi
COPY --from=build /app/apps/api/bin/health.mjs ./apps/api/bin/health.mjs
USER node
EXPOSE 3000 3001
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["node", "apps/api/bin/health.mjs"]
# The worker: node dist/apps/worker/src/main.js. The migrations: node dist/apps/api/src/migrate.js.
CMD ["node", "dist/apps/api/src/main.js"]
