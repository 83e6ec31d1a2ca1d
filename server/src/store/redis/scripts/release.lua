-- KEYS: lease. ARGV: token. Lets another take the store at once.
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
return 0
