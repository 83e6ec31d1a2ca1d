-- KEYS: notes, lease, log. ARGV: guard's six, then the last sequence that was acknowledged, that of this commit's last
-- event, its count of events, when it was received, its body. Answers with the last sequence that was in the log before.
--
-- The writer never uses a sequence twice. So what lies behind the acknowledged one are commits whose answers were lost,
-- and whose senders were told that they failed: they are taken back. And if this very commit is there, the
-- client has sent it twice.
local refused = refusal()
if refused then
    return refused
end
local known, last = tonumber(ARGV[7]), tonumber(ARGV[8])
local top = last_sequence(KEYS[3])
if top >= last then
    if #redis.call('XRANGE', KEYS[3], id(last), id(last)) == 1 then
        return known
    end
    return redis.error_reply('ERR the log is ahead of its writer')
end
if top > known then
    for _, entry in ipairs(redis.call('XRANGE', KEYS[3], '(' .. id(known), '+')) do
        redis.call('XDEL', KEYS[3], entry[1])
    end
end
redis.call('XADD', KEYS[3], id(last), 'count', ARGV[9], 'at', ARGV[10], 'body', ARGV[11])
return top
