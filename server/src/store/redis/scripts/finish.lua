-- KEYS: notes, lease, unfinished. ARGV: guard's six, then the slots where nothing is left to do.
local refused = refusal()
if refused then
    return refused
end
for at = 7, #ARGV do
    redis.call('ZREM', KEYS[3], ARGV[at])
end
return 0
