-- KEYS: notes, lease, log, state. Answers with the sequences of the last event in the log and of the state.
local refused = refusal()
if refused then
    return refused
end
return { last_sequence(KEYS[3]), tonumber(redis.call('HGET', KEYS[4], 'sequence') or '0') }
