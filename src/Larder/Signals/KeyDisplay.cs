using System.Security.Cryptography;
using System.Text;

namespace Larder.Signals;

/// <summary>
/// How keys look in logs, activities and exceptions. They may hold names or numbers of people, so unless the cache
/// allows it only the first 64 bits of their SHA-256 are shown: enough to follow one key through a log.
/// </summary>
internal sealed class KeyDisplay(bool showKeys)
{
    internal string Show(string key)
    {
        if (showKeys)
        {
            return key;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return "#" + Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }
}
