namespace HouseMap;

/// <summary>The house could not be read or drawn; the message is written for the person who ran the command.</summary>
internal sealed class HouseException(string message) : Exception(message);
