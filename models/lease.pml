/* lease.pml - a registry whose lease time changes: an old node (lease LO, memory), and a writer of the new lease time LN that takes the registry over when nobody of the old one lives.
   As in reg.pml data is one version: mem = 0 or version+1; pushes travel in the same stream as the answers to RENEW.                                  */
#ifndef LO
#define LO 2
#endif
#ifndef LN
#define LN 1
#endif
#ifndef MAXREM
#define MAXREM 2
#endif
#ifndef MAXEV
#define MAXEV 1
#endif
#define OLD 1
#define NEW 2
mtype={VAL,PUSH,R_REN,R_FOR,EOFM};
chan rsp=[4] of {mtype,byte,byte};
byte db, floor, ver;
bool trk, srvup, cup;
byte mem, lease, rage, ack, ackn, rq, rqa, rqn;      /* the old node; rq: 0 none 1 queued 2 executed */
byte nonce, seq, nn, rl, lh; bool reg;               /* the registry; rl: whose lease time it was made with */
bool hb;                                             /* the old node has renewed since the writer last looked */
byte ev;
/* the writer: wn wt the foreign registry and for how long it stood still; ft since when it was seen; kn how fresh that is (a registry is lost only under a writer that looks as often as it should); rseen rtrust its own; ot for how long an old lease may still run */
byte wn, wt, ft, kn, rseen, rtrust, ot, rs, S, Sn, wait; bool trust;
#define ROOM (len(rsp)<=2)
inline create(who) { nn++; nonce=nn; seq=0; reg=0; lh=0; rl=who }
inline push() { if :: trk&&srvup -> rsp!PUSH,0,0; trk=0 :: else fi }
inline drop() { do :: nempty(rsp) -> rsp?_,_,_ :: else -> break od; srvup=0; trk=0; cup=0; mem=0; lease=0; rq=0; rage=0; rqa=0; rqn=0 }
active proctype Old() { byte a,b; mtype t;
  do
  :: atomic { nempty(rsp) -> rsp?t,a,b;
       if :: t==VAL -> mem=a+1
          :: t==PUSH -> mem=0
          :: t==R_REN -> ackn=a; ack=b; rq=0; lease=((LO-rage)>lease->LO-rage:lease); rage=0
          :: t==R_FOR -> rq=0; lease=0; rage=0
          :: t==EOFM -> drop()
       fi; a=0;b=0;t=0 }
  :: atomic { cup && rq==0 -> rq=1; rqa=ack; rqn=ackn; rage=0 }
  :: atomic { srvup && rq==1 && ROOM && nn<6 -> rq=2;
       if :: nonce==0 -> create(OLD) :: else fi;
       if :: rl==OLD -> reg=1; hb=1; lh=(rqn==nonce->rqa:0); rsp!R_REN,nonce,seq
          :: else -> rsp!R_FOR,0,0
       fi; rqa=0; rqn=0 }
  :: atomic { srvup && cup && ROOM && !trk -> trk=1; rsp!VAL,ver,0 }
  :: atomic { cup -> drop() }
  :: atomic { !cup -> cup=1; srvup=1 }
  :: atomic { lease>0 && mem>0 -> assert(mem-1>=floor) }
  od }
active proctype Env() {
  do
  :: d_step { if :: lease>0 -> lease-- :: else fi; if :: rq!=0 && rage<LO -> rage++ :: else fi;
        if :: wait>0 -> wait-- :: else fi; if :: rseen!=0 && rtrust<LN -> rtrust++ :: else fi;
        if :: wn!=0 && wt<LO -> wt++ :: else fi; if :: wn!=0 && ft<LO -> ft++ :: else fi; if :: ot>0 -> ot-- :: else fi; if :: kn>0 -> kn-- :: else fi }
#ifdef EVREG
  :: atomic { ev<MAXEV && nonce!=0 && (rl==NEW || (wn==nonce && kn==LO)) -> ev++; nonce=0; seq=0; reg=0; lh=0; rl=0 }
  :: atomic { nonce==0 && nn<6 -> create(OLD) }      /* a writer of the old lease time, which raises the sequence */
#endif
  od }
active proctype Writer() {
  do
  /* its renewal: a registry of its own lease time, or the look at a foreign one */
  :: atomic { nonce==0 && nn<6 -> create(NEW) }
  :: atomic { rl==NEW && rseen!=nonce -> rseen=nonce; rtrust=0 }
  :: atomic { rl==OLD && (wn!=nonce || hb || kn<LO) ->
#ifdef W_NONONCE
       if :: hb || wn==0 -> wt=0 :: else fi;
#else
       if :: hb || wn!=nonce -> wt=0 :: else fi;
#endif
       if :: wn!=nonce -> ft=0 :: else fi;
       wn=nonce; hb=0; kn=LO;
#ifndef W_NOOTHER
       ot=LO
#endif
     }
  /* nobody has renewed for a lease: they are removed, if they still have not; then the registry, if nobody is in it */
#ifdef W_NOWATCH
  :: atomic { rl==OLD && wn==nonce && reg -> reg=0; lh=0 }
  :: atomic { rl==OLD && wn==nonce && !reg -> nonce=0; seq=0; rl=0 }
#else
  :: atomic { rl==OLD && wn==nonce && wt>=LO && !hb && reg -> reg=0; lh=0 }
  :: atomic { rl==OLD && wn==nonce && wt>=LO && !reg -> nonce=0; seq=0; rl=0 }
#endif
  /* a change */
  :: atomic { rs==0 && db<MAXREM -> db++; rs=1 }
  :: atomic { rs==1 && ROOM -> ver=db; push(); rs=2 }
  :: atomic { rs==2 && nn<6 -> if :: nonce==0 -> create(NEW) :: else fi; seq++; S=seq; Sn=nonce; rs=3;
       if :: rl==OLD -> trust=(wn==nonce && ft>=LO); wait=LO; ot=LO
          :: else -> trust=(rseen==nonce && rtrust>=LN && ot==0); wait=(ot>0 -> LO : LN)
       fi }
  :: atomic { rs==3 && (wait==0 || (trust && Sn==nonce && (!reg||lh>=S))) -> rs=0; floor=db; S=0; Sn=0; wait=0; trust=0 }
  od }
