/* hold.pml - holds and refreshes on one key. One Redis (atomic commands), one node with one stream of answers and announcements, foreign
   loaders, one writer who is elsewhere: HOLD, SYNC, commit, then REMOVE and SYNC, or a crash. A hold may end by itself at any time.
   SYNC is a mark in the node's stream: what a RENEW's answer is there (core.pml and reg.pml check that part, and losses).
   Checked: a caller who came after a completed REMOVE gets nothing older; nothing is stored that was loaded before the end of a hold under
   which something was committed, or before a REMOVE.
   Rules that can be switched off:
     W_HUNARMED   a load under a hold is not bound to the tracked look that found the hold
     W_HSTORE     a load under a hold asks again before it stores, and stores if the hold is over
     W_NOHOLD     the writer takes no hold: the crash then leaves an old value for ever (what the hold is for)
     W_REFNOLOOK  a refresh keeps its value at the answer of its fill, without the look behind it (harmless: its own announcement drops it again)
     W_REFIGN     announcements between the fill's answer and the look are ignored altogether
     W_REFJOIN    a refresh may be joined although its key was announced as changed                                                  */
#ifndef MAXDB
#define MAXDB 2
#endif
mtype={R_L,R_HELD,R_V,R_BUSY,R_FILL,R_HDR,PUSH,MARK};
chan rsp=[6] of {mtype,byte,byte};
#define ROOM (len(rsp)<=3)
byte kind, ktok, kval, nt;            /* 0 none, 1 lease, 2 value, 4 hold */
bool trk, stale;
byte db, floor, unl, ws; bool marked, crashed;
byte mem, mtok; bool mst;             /* the node's memory: 0 or value + 1 */
byte fst, ftok, fnew, fval, fout; bool fatt, fvoid, farm;   /* the flight */
byte rst, rfloor;
byte est, etok, evl;                 /* a foreign loader */
inline push() { if :: trk -> rsp!PUSH,0,0; trk=0 :: else fi }
inline clear() { kind=0; ktok=0; kval=0; stale=0 }
inline ended() { fst=0; fatt=0; fvoid=0; farm=0; ftok=0; fnew=0; fval=0; fout=0 }
inline give() { if :: rst==2 -> assert(fval>=rfloor); rst=0; rfloor=0 :: else fi }

proctype Node() { byte a,b; mtype t;
  do
  :: atomic { nempty(rsp) -> rsp?t,a,b;
       if
       :: t==PUSH -> mem=0;
          if
#ifndef W_REFIGN
          :: fst==7 -> fatt=0                          /* behind the fill's answer: the look tells whether it was our own */
#else
          :: fst==7 -> skip
#endif
          :: fst!=7 && farm ->
             fvoid=1;
#ifdef W_REFJOIN
             if :: fst==6 || fst==8 || fst==9 -> skip :: else -> fatt=0 fi
#else
             fatt=0
#endif
          :: else -> skip
          fi
       :: t==MARK -> marked=1
       :: t==R_L -> fst=2; farm=1
       :: t==R_HELD -> fst=3;
#ifndef W_HUNARMED
          farm=1
#endif
       :: t==R_V -> if :: b==0 -> mem=a+1; mst=0; fval=a; give(); if :: rst==2 -> rst=0 :: else fi; ended()
                       :: else -> mem=a+1; mst=1; fval=a; give(); ended() fi
       :: t==R_BUSY -> if :: rst==2 -> rst=1 :: else fi; ended()
       :: t==R_FILL -> if :: a==0 -> give(); ended()
                          :: else ->
#ifdef W_REFNOLOOK
                             if :: !fvoid -> mem=fval+1; mst=0 :: else fi;
#endif
                             fst=7 fi
       :: t==R_HDR -> if :: fst==7 ->
#ifndef W_REFNOLOOK
                          if :: a==1 && !fvoid -> mem=fval+1; mst=0 :: else fi;
#endif
                          give(); ended() :: else fi
       fi; a=0; b=0; t=0 }
  /* a caller: from memory, by joining, or by leading */
  :: atomic { rst==0 -> rfloor=floor; rst=1 }
  :: atomic { rst==2 -> rst=0; rfloor=0 }            /* gives up; its flight goes on */
  :: atomic { rst==1 ->
       if
       :: mem>0 -> assert(mem-1>=rfloor); rst=0; rfloor=0
       :: mem==0 && fst!=0 && fatt -> rst=2
       :: mem==0 && fst==0 -> fst=1; fatt=1; fout=1; rst=2
       :: mem==0 && fst!=0 && !fatt -> goto away       /* another load would be led; the model has one: it comes again */
       fi;
away:  skip }
  /* the flight asks for the right to load: one tracked command here (core.pml has the two) */
  :: atomic { fst==1 && fout==1 && ROOM -> fout=0; trk=1;
       if
       :: kind==0 && nt<8 -> nt++; ftok=nt; nt++; fnew=nt; kind=1; ktok=ftok; rsp!R_L,0,0
       :: kind==0 && nt>=8 -> rsp!R_BUSY,0,0
       :: kind==1 -> rsp!R_BUSY,0,0
       :: kind==2 -> rsp!R_V,kval,stale
       :: kind==4 -> rsp!R_HELD,0,0
       fi }
  :: atomic { (fst==2) -> fval=db; fst=4 }
  :: atomic { fst==3 -> fval=db; fst=5 }
#ifdef W_HSTORE
  :: atomic { fst==5 && ROOM && nt<8 -> if :: kind==0 -> nt++; kind=2; ktok=nt; kval=fval; assert(kval>=unl) :: else fi; give(); ended() }
#else
  :: atomic { fst==5 -> give(); ended() }             /* handed out, stored nowhere */
#endif
  /* a refresh of the stale value in memory: token first, then the source, then a fill from that token */
  :: atomic { fst==0 && mem>0 && mst && ROOM && kind==2 && stale && nt<8 -> trk=1; ftok=ktok; nt++; fnew=nt; fst=8; farm=1; fatt=1 }
  :: atomic { fst==8 -> fval=db; fst=6 }
  /* the fill and the look behind it */
  :: atomic { (fst==4 || fst==6) && ROOM -> fst=9; fout=2;
       if
       :: ktok==ftok && (kind==1 || kind==2) -> kind=2; ktok=fnew; kval=fval; stale=0; assert(kval>=unl); rsp!R_FILL,1,0; push()
       :: else -> rsp!R_FILL,0,0; fout=0
       fi }
  :: atomic { fout==2 && ROOM -> fout=0; trk=1; rsp!R_HDR,(kind==2 && ktok==fnew),0 }
  od }

proctype Env() {
  do
  :: atomic { kind==2 && !stale && ROOM -> stale=1; if :: mem>0 && mtok==0 -> mst=1 :: else fi }
  :: atomic { kind==4 && ROOM -> if :: unl<db -> unl=db :: else fi; push(); clear() }         /* the hold ends by itself */
  :: atomic { (kind==1 || kind==2) && ROOM -> push(); clear() }                               /* evicted, expired */
  :: atomic { est==0 && kind==0 && nt+1<8 && ROOM -> nt++; etok=nt; kind=1; ktok=nt; push(); est=1 }
  :: atomic { est==1 -> evl=db; est=2 }
  :: atomic { est==2 && ROOM -> if :: kind==1 && ktok==etok -> nt++; kind=2; ktok=nt; kval=evl; assert(kval>=unl); push() :: else fi; est=0; etok=0; evl=0 }
  od }

proctype Writer() {
  do
  :: db<MAXDB && !crashed ->
#ifndef W_NOHOLD
     atomic { ROOM -> push(); clear(); kind=4 };
     atomic { ROOM -> marked=0; rsp!MARK,0,0 };
     marked;
#endif
     atomic { db++; ws=kind };
     if
     :: atomic { ROOM -> push(); clear(); unl=db }; atomic { ROOM -> marked=0; rsp!MARK,0,0 }; atomic { marked -> floor=db; ws=0 }
     :: atomic { crashed=1;
#ifdef W_NOHOLD
          ws=9
#endif
        }
     fi
  :: else -> break
  od }
#ifdef W_NOHOLD
/* what a crash between commit and removal leaves: an old value that nothing ends */
proctype Witness() { atomic { crashed && mem>0 -> assert(mem-1>=db) } }
#endif
init { atomic { run Node(); run Env(); run Writer();
#ifdef W_NOHOLD
  run Witness();
#endif
} }
