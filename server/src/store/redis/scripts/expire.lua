-- KEYS: what expires. ARGV: when (Unix seconds).
for _, key in ipairs(KEYS) do
    redis.call('EXPIREAT', key, ARGV[1])
end
return 0
