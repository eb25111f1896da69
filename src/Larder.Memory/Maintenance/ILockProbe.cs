namespace Larder.Memory.Maintenance;

/// <summary>Told when the maintenance lock has been taken and when it is about to be given back; for measuring.</summary>
internal interface ILockProbe
{
    void Taken();

    void Leaving();
}
