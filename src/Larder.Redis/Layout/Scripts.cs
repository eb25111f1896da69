namespace Larder.Redis.Layout;

/// <summary>
/// The commands that Redis does not have, as scripts. They are sent as texts (EVAL), never by their hash: a server that does not know a hash refuses it in the middle of a pipeline whose order is the
/// protocol, and the text costs 3 % of a script's time (docs/decisions.md). So they are short, and explained here.
/// </summary>
/// <remarks>
/// KEYS[1] is what the script is about. <c>h</c> is what the key begins with, read so that a value of another type is no error; <c>c</c> is its first byte, and <c>l</c> the length of <c>h</c>, at most 25.
/// </remarks>
internal static class Scripts
{
    // The beginning of the scripts that look at what a key holds.
    private const string Look = "local k=KEYS[1]local h=redis.pcall('GETRANGE',k,0,24)if type(h)~='string'then h=''end local c,l=h:sub(1,1),#h ";

    /// <summary>
    /// ARGV: the lease ('L' and token), its milliseconds. Answers what is there: the whole of a value or a number, the header and the milliseconds of a lease or a hold; or plants the lease and answers null. What
    /// looks like a lease but never ends is not one.
    /// </summary>
    internal static readonly Script Acquire = new(
        Look + """
        if c=='V'and l>16 or c=='N'and l>17 then return redis.call('GET',k)end
        if c=='L'and l==17 or h=='H'then local p=redis.call('PTTL',k)if p>=0 then return{h,p}end end
        redis.call('SET',k,ARGV[1],'PX',ARGV[2])return false
        """);

    /// <summary>ARGV: the lease, its milliseconds.</summary>
    internal static readonly Script Keep = new(
        "if redis.pcall('GETRANGE',KEYS[1],0,17)==ARGV[1]then redis.call('PEXPIRE',KEYS[1],ARGV[2])end return 0");

    /// <summary>
    /// ARGV: the expected token, the new value with its header, its milliseconds. Answers 1 when it stands, 2 when it stood already, else 0. When the server refuses the value, for lack of memory say, the lease goes, so that
    /// nobody waits for what will not come.
    /// </summary>
    internal static readonly Script Fill = new(
        """
        local h,e=redis.pcall('GETRANGE',KEYS[1],0,16),ARGV[1]
        if h=='L'..e or h=='V'..e or h=='S'..e then
        local r=redis.pcall('SET',KEYS[1],ARGV[2],'PX',ARGV[3])
        if not r.err then @ return 1 end
        if h=='L'..e then redis.pcall('UNLINK',KEYS[1])@ end
        return r end
        return h==ARGV[2]:sub(1,17)and 2 or 0
        """);

    /// <summary>ARGV: the expected token. Answers 1 when the lease or the value with it is gone, else 0.</summary>
    internal static readonly Script Release = new(
        "local h,e=redis.pcall('GETRANGE',KEYS[1],0,16),ARGV[1]if h=='L'..e or h=='V'..e then @ return redis.call('UNLINK',KEYS[1])end return 0");

    /// <summary>
    /// Writes a hold before it removes, so that those who track a missing key are told as well. A server without memory refuses the hold; then the removal alone tells, and 0 says that there was nothing
    /// to tell of.
    /// </summary>
    internal static readonly Script Remove = new(
        "redis.pcall('SET',KEYS[1],'H','PX',1)@ return redis.call('UNLINK',KEYS[1])");

    /// <summary>
    /// ARGV: 'V', the new token, and the moment. Compares the moments as a signed and an unsigned half, because a number of Lua has only 53 bits. Writes over the beginning of the value, which keeps
    /// its lifetime. A hold or a number is written over with what it begins with, so that those who track it are told.
    /// </summary>
    internal static readonly Script Expire = new(
        Look + """
        if c=='V'and l>16 then local w=ARGV[1]
        if l<25 then w=w:sub(1,17)else local a,b=struct.unpack('>i4I4',h,18)local d,e=struct.unpack('>i4I4',w,18)
        if a<d or a==d and b<=e then w=w:sub(1,17)end end
        redis.call('SETRANGE',k,0,w)@
        elseif c=='N'and l>17 or h=='H'then redis.call('SETRANGE',k,0,c)@
        else redis.call('SET',k,'H','PX',1)redis.call('UNLINK',k)@ end
        return 0
        """);

    /// <summary>ARGV: the snapshot ('S' and token), its milliseconds. Answers the beginning of what the key holds now.</summary>
    internal static readonly Script Snapshot = new(
        Look + """
        if h=='H'or c=='V'and l>16 or c=='N'and l>17 or(c=='L'or c=='S')and l==17 then return h end
        redis.call('SET',k,ARGV[1],'PX',ARGV[2])return ARGV[1]
        """);

    /// <summary>
    /// ARGV: the token of the number, what to add, the milliseconds of a new number, the token of numbers that are over (or nothing). Answers the sum as text, the token of a number that has another one as a
    /// list, 1 when a value or a hold is there, 2 when the sum would overflow.
    /// </summary>
    /// <remarks>A number of Lua has 53 bits, so INCRBY counts: the digits take the key's place for the moment of the script, and the sum is read as text.</remarks>
    internal static readonly Script Increment = new(
        Look + """
        if h=='H'or c=='V'and l>16 then return 1 end local t,x=ARGV[1],ARGV[2]
        if c=='N'and l>17 then local o=h:sub(2,17)
        if o==t then local d=redis.call('GETRANGE',k,17,-1)redis.call('SET',k,d,'KEEPTTL')local r=redis.pcall('INCRBY',k,x)
        if type(r)~='table'then x=redis.call('GET',k)redis.call('SET',k,'N'..t..x,'KEEPTTL')@ return x end
        if r.err:find('overflow')then redis.call('SET',k,'N'..t..d,'KEEPTTL')return 2 end
        elseif o~=ARGV[4]then return{o}end end
        redis.call('SET',k,'N'..t..x,'PX',ARGV[3])@ return x
        """);

    /// <summary>ARGV: what to write, its milliseconds.</summary>
    internal static readonly Script Write = new("redis.call('SET',KEYS[1],ARGV[1],'PX',ARGV[2])@ return 0");

    /// <summary>ARGV: what to write, for ever.</summary>
    internal static readonly Script WriteForEver = new("redis.call('SET',KEYS[1],ARGV[1])@ return 0");

    /// <summary>ARGV: the token of a fence. Writes it where there is none.</summary>
    internal static readonly Script Make = new("if redis.call('SET',KEYS[1],ARGV[1],'NX')then @ end return 0");

    /// <summary>ARGV: a token, the milliseconds. Makes the fence of a tag where it is missing; one that has less than half of its time left gets it anew.</summary>
    internal static readonly Script MakeTag = new(
        """
        local k,p=KEYS[1],ARGV[2]if redis.call('SET',k,ARGV[1],'NX','PX',p)then @ elseif redis.call('PTTL',k)*2<tonumber(p)then redis.call('PEXPIRE',k,p)end return 0
        """);

    /// <summary>
    /// ARGV: the token, its milliseconds. Answers 0 when the lease was taken, else the milliseconds of the other's. What never ends, or is no token, is not a lease and is written over: nobody else would ever take it away.
    /// </summary>
    internal static readonly Script TakeRefresh = new(
        """
        local k=KEYS[1]local h=redis.pcall('GETRANGE',k,0,16)if type(h)=='string'and #h==16 then local p=redis.call('PTTL',k)if p>=0 then return math.max(1,p)end end
        redis.call('SET',k,ARGV[1],'PX',ARGV[2])return 0
        """);

    /// <summary>ARGV: the token.</summary>
    internal static readonly Script ReleaseRefresh = new(
        "if redis.pcall('GET',KEYS[1])==ARGV[1]then redis.call('UNLINK',KEYS[1])end return 0");

    /// <summary>
    /// The registry is one hash: n nonce, s sequence, l lease in milliseconds, m how many nodes are strict, c the last heartbeat, and for each node a:id and h:id, where the id of a strict one begins with an s. ARGV: the nonce and the lease of a new one, the id, the nonce and the sequence that the node
    /// acknowledges. Answers nonce and sequence, and the lease of the registry when that is another one. With more than 4,000 fields, left by processes that died, it begins anew.
    /// </summary>
    internal static readonly Script Renew = new(
        """
        local k=KEYS[1]if redis.call('HLEN',k)>4000 then redis.call('UNLINK',k)end
        local v=redis.call('HMGET',k,'n','s','l')local n,s=v[1],v[2]
        if not n then n,s=ARGV[1],'0'redis.call('HSET',k,'n',n,'s',s,'l',ARGV[2])elseif v[3]~=ARGV[2]then return{n,s,v[3]}end
        redis.call('HSET',k,'a:'..ARGV[3],n==ARGV[4]and ARGV[5]or 0)
        if redis.call('HSET',k,'h:'..ARGV[3],redis.call('HINCRBY',k,'c',1))==1 and ARGV[3]:byte()==115 then redis.call('HINCRBY',k,'m',1)end return{n,s}
        """);

    /// <summary>ARGV: the nonce and the lease of a new registry. Answers all its fields; nothing when its sequence is no number, so that it is none of ours.</summary>
    internal static readonly Script Bump = new(
        """
        local k=KEYS[1]if redis.call('HEXISTS',k,'n')==0 then redis.call('HSET',k,'n',ARGV[1],'s',0,'l',ARGV[2])end
        local s=redis.call('HGET',k,'s')if not s or s:find('%D')then return{}end redis.call('HINCRBY',k,'s',1)return redis.call('HGETALL',k)
        """);

    /// <summary>ARGV: the nonce, the id, its heartbeats.</summary>
    internal static readonly Script Forget = new(
        """
        local k,i=KEYS[1],ARGV[2]if redis.call('HGET',k,'n')==ARGV[1]and redis.call('HGET',k,'h:'..i)==ARGV[3]then redis.call('HDEL',k,'a:'..i,'h:'..i)
        if i:byte()==115 then redis.call('HINCRBY',k,'m',-1)end end return 0
        """);

    /// <summary>ARGV: the nonce. Removes a registry that nobody is in.</summary>
    internal static readonly Script Retire = new(
        "local k=KEYS[1]if redis.call('HGET',k,'n')==ARGV[1]and redis.call('HLEN',k)==3+redis.call('HEXISTS',k,'m')+redis.call('HEXISTS',k,'c')then return redis.call('UNLINK',k)end return 0");
}
